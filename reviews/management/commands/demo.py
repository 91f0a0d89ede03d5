"""Load the demonstration and say how to sign in."""

from argparse import ArgumentParser
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from reviews.demo import stage
from reviews.demo.cast import DOMAIN, PASSWORD

ADDRESSES: Final = (
    ("/", "计算器 calculator"),
    ("/portal/", "企业端 exporters"),
    ("/workbench/", "审核工作台 ministry"),
)
SIGN_INS: Final = (
    ("clerk", "企业经办人 exporter's clerk"),
    ("owner", "企业负责人 exporter's owner"),
    ("viewer", "企业查看人 exporter's viewer"),
    ("reviewer", "审核员 reviewer"),
    ("senior", "复核员 senior reviewer"),
    ("supervisor", "主管 supervisor"),
    ("policy", "政策管理员 policy administrator"),
    ("auditor", "审计员 auditor"),
    ("officer", "生产企业经办人 manufacturer's officer"),
    ("miit", "工信部门经办人 officer of another ministry"),
)


class Command(BaseCommand):
    help = "Load people, vehicles, papers and applications for trying things out; once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--small", action="store_true", help="a tenth of it, for tests")

    def handle(self, *args: Any, **options: Any) -> None:
        if stage.is_loaded():
            self.stdout.write("演示数据已在 The demonstration is in place.")
        else:
            bill = stage.load(at=timezone.now(), small=options["small"])
            self.stdout.write(
                f"演示数据已载入 Loaded: {bill.exporters} 企业 exporters, {bill.vehicles} 车辆"
                f" vehicles, {bill.applications} 申请 applications."
            )
        self.welcome()

    def welcome(self) -> None:
        """Print addresses and sign-ins, each in both languages."""
        lines = [f"  {settings.SITE_URL}{path:<12} {name}" for path, name in ADDRESSES]
        people = [f"  {word + '@' + DOMAIN:<30} {name}" for word, name in SIGN_INS]
        password = f"密码 Password: {PASSWORD}"
        self.stdout.write(
            "\n".join(["网址 Addresses", *lines, "账号 Sign in as", *people, password])
        )
