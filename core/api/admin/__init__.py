"""The administration over REST: the same services as the desk's pages, one file per noun."""

from core.api.admin import audit, classes, kiosks, platforms, products, skus, staff, venues

DOORS = (platforms.door, venues.door, products.door, skus.door, classes.door, staff.door,
         kiosks.door, audit.door)
