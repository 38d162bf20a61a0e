__version__ = "1.4.1"
from . import cim, common, license
