__version__ = "1.1.2"
from . import cim
