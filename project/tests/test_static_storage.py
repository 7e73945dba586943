"""Static files that may be kept for ever."""

import re
from pathlib import Path

from django.conf import settings

from project.static_storage import HashedFiles


def test_a_module_imports_the_very_modules_that_it_was_released_with(tmp_path: Path) -> None:
    storage = HashedFiles(location=tmp_path, base_url="/static/")
    folder = Path(settings.BASE_DIR) / "static"
    paths = {}
    for path in sorted((folder / "js" / "hall").glob("*.js")):
        name = str(path.relative_to(folder))
        with path.open("rb") as file:
            storage.save(name, file)
        paths[name] = (storage, name)
    assert [fault for *_names, fault in storage.post_process(paths) if isinstance(fault, Exception)] == []
    main = (tmp_path / storage.stored_name("js/hall/main.js")).read_text()
    imported = re.findall(r'from "\./(.*?)"', main)
    assert len(imported) == 9
    for name in imported:
        assert re.fullmatch(r"\w+\.[0-9a-f]{12}\.js", name)
        assert (tmp_path / "js" / "hall" / name).is_file()
