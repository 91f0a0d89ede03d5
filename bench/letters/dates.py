"""Write a day the ways letters write it."""

import random
from datetime import date

DIGITS = "〇一二三四五六七八九"
TENS = ("", "十", "二十", "三十")


def written(day: date, dice: random.Random, *, zh: bool) -> str:
    """Return *day* in one of the ways of a Chinese or an English letter."""
    if not zh:
        return dice.choice(
            [day.isoformat(), f"{day:%B} {day.day}, {day.year}", f"{day.day} {day:%B %Y}"]
        )
    year = "".join(DIGITS[int(sign)] for sign in str(day.year))
    return dice.choice(
        [
            day.isoformat(),
            f"{day.year}年{day.month}月{day.day}日",
            f"{day.year} 年 {day.month} 月 {day.day} 日",
            f"{day.year}.{day.month:02d}.{day.day:02d}",
            f"{day.year}/{day.month}/{day.day}",
            f"{year}年{count(day.month)}月{count(day.day)}日",
        ]
    )


def count(number: int) -> str:
    """Return *number*, up to 39, in Chinese."""
    tens, ones = divmod(number, 10)
    return TENS[tens] + (DIGITS[ones] if ones else "")
