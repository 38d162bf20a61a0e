__version__ = "1.2.0"
from . import cim, common, license
