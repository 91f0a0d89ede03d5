"""Vehicles from a spreadsheet: read in a child process, checked in chunks, mended by groups.

``job`` runs in the child and trusts nothing; ``columns`` and ``cells`` say what headers and cells
mean; ``checking`` judges rows, ``grouping`` gathers what one repair would mend, ``mending``
carries repairs out, ``saving`` makes vehicles and drafts, ``working`` leads from step to step.
"""
