"""EM4100 card readers (125 kHz) that send each card as ASCII: the ID-12 and RDM6300 families and their many relatives."""
