"""Numbers with units, read alike everywhere: a written number and its unit flow in, the stored value comes out, or a reason.

Notes, forms, tables, FHIR bundles and records all read through here; nothing of this package knows any of them.
"""
