"""Paper slips: what stands on one, as ESC/POS bytes and as a picture."""
