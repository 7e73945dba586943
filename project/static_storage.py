"""Static files named after what is in them, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Modules that a module imports are named so too; else a page could run old and new ones together."""

    support_js_module_import_aggregation = True
