__version__ = "1.3.1"
from . import cim, common, license
