"""The version of Ansible whose interface this is."""

__version__ = "2.14.18"
__author__ = "Troupe"
__codename__ = ""
