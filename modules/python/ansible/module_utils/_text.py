"""As ansible.module_utils.common.text.converters."""

from ansible.module_utils.common.text.converters import (  # noqa: F401
    to_bytes, to_native, to_text)
