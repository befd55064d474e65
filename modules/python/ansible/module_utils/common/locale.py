"""A locale of the host whose words are known."""


def get_best_parsable_locale(module, preferences=None, raise_on_locale=False):
    wanted = preferences or ["C.utf8", "C.UTF-8", "en_US.utf8", "en_US.UTF-8",
                             "C", "POSIX"]
    program = module.get_bin_path("locale")
    if not program:
        if raise_on_locale:
            raise RuntimeWarning("Could not find 'locale' tool")
        return "C"
    code, out, _ = module.run_command([program, "-a"])
    there = out.split("\n") if code == 0 else []
    return next((x for x in wanted if x in there), "C")
