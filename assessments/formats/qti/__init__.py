"""1EdTech's QTI: items and packages of 2.x and 3.0, and the older 1.2 of Canvas and Common Cartridge."""
