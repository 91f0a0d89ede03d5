"""The manufacturer's desk: what it is asked, what it attests, its outlets and its seals."""
