# Homebrew's recipe. See doc/packaging.md: what is written as @...@ is filled in by the packager.
class Libdiffdyn < Formula
  desc "Exact dynamics of diffusion models: score, speciation, collapse"
  homepage "@HOMEPAGE@"
  url "@SOURCE_URL@"
  version "0.9.0"
  sha256 "@SHA256@"
  license "MIT"

  depends_on "meson" => :build
  depends_on "ninja" => :build
  depends_on "pkgconf" => :build
  depends_on "gnuplot"
  depends_on :linux
  depends_on "openblas"
  depends_on "zlib"

  # Headers only.
  resource "random123" do
    url "https://github.com/DEShawResearch/random123/archive/refs/tags/v1.14.0.tar.gz"
    sha256 "effafd8656b18030b2a5b995cd3650c51a7c45052e6e1c21e48b9fa7a59d926e"
  end

  def install
    resource("random123").stage buildpath/"random123"
    ENV.append "CPPFLAGS", "-I#{buildpath}/random123/include"
    system "meson", "setup", "build", "-Dtests=disabled", "-Dbenchmarks=false", "-Dtorch=disabled",
           "-Dhdf5=disabled", "-Dmpi=disabled", "-Dimages=disabled",
           *std_meson_args
    system "meson", "compile", "-C", "build"
    system "meson", "install", "-C", "build"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/diffdyn --version")
    (testpath/"version.c").write <<~C
      #include <diffdyn/diffdyn.h>
      int main(void) { return ddn_version_number() == DDN_VERSION ? 0 : 1; }
    C
    system ENV.cc, "version.c", "-o", "version", "-I#{include}", "-L#{lib}", "-ldiffdyn"
    system "./version"
  end
end
