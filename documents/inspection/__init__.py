"""Open uploaded files without trusting them. Pure of Django.

Call ``runner.inspect``; everything that parses runs in a child process with limits on memory,
time and output. Only ``runner``, ``verdicts``, ``limits`` and ``sniff`` may be imported outside
that child.
"""
