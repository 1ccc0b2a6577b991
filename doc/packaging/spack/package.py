# Spack's recipe. See doc/packaging.md: what is written as @...@ is filled in by the packager.
# SPDX-License-Identifier: MIT
from spack.package import *


class Libdiffdyn(MesonPackage):
    """Exact dynamics of diffusion models: the score of a noised data set, forward and backward dynamics,
    and the times of speciation and collapse."""

    homepage = "@HOMEPAGE@"
    url = "@SOURCE_URL@"

    license("MIT")

    version("0.9.0", sha256="@SHA256@")

    variant("tools", default=True, description="Install the command diffdyn")

    depends_on("c", type="build")
    depends_on("meson@1.0:", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("random123", type="build")
    depends_on("openblas ~ilp64")
    depends_on("zlib-api")
    depends_on("gnuplot", type="run", when="+tools")

    def meson_args(self):
        tools = "true" if self.spec.satisfies("+tools") else "false"
        return [
            f"-Dexamples={tools}",
            f"-Dtools={tools}",
            "-Dtests=disabled",
            "-Dbenchmarks=false",
            "-Dtorch=disabled",
            "-Dmpi=disabled",
            "-Dhdf5=disabled",
            "-Dimages=disabled",
        ]
