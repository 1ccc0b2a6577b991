"""The MPIs that are installed, and how their programs are started."""
import shutil

KINDS = {"openmpi": ["--oversubscribe", "--allow-run-as-root", "--mca", "btl", "self,vader"], "mpich": []}


def installed():
    """(name, compiler, launcher, options) of the MPIs that Debian's names tell apart."""
    for kind, options in KINDS.items():
        compiler, launcher = shutil.which(f"mpicc.{kind}"), shutil.which(f"mpirun.{kind}")
        if compiler and launcher:
            yield kind, compiler, launcher, options
