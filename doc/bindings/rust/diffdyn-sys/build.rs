//! Where libdiffdyn is: the folder DIFFDYN_LIB_DIR; built from the sources in the folder DIFFDYN_SOURCE and linked
//! statically; or what pkg-config says.
use std::path::{Path, PathBuf};
use std::process::Command;

/// A built library has none of what needs a library besides zlib and a BLAS, and no programs.
const OPTIONS: [&str; 11] = ["--buildtype=release", "-Ddefault_library=static", "-Dexamples=false", "-Dtools=false",
                             "-Dbenchmarks=false", "-Dtests=disabled", "-Dtorch=disabled", "-Dmpi=disabled",
                             "-Dhdf5=disabled", "-Dimages=disabled", "-Ddocs=disabled"];

fn run(command: &mut Command) -> String {
    let out = command.output().unwrap_or_else(|e| panic!("{:?}: {}", command, e));
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success(), "{:?} failed:\n{}{}", command, text, String::from_utf8_lossy(&out.stderr));
    text
}

/// The flags of a linker, as cargo wants them; `library` stands for that of diffdyn itself.
fn link(flags: &str, library: Option<&str>) {
    for flag in flags.split_whitespace() {
        match (flag.get(..2), flag.get(2..), library) {
            (Some("-L"), Some(folder), _) => println!("cargo:rustc-link-search=native={}", folder),
            (Some("-l"), Some("diffdyn"), Some(library)) => println!("cargo:rustc-link-lib={}", library),
            (Some("-l"), Some(name), Some(_)) => println!("cargo:rustc-link-lib={}", name),
            _ => (),
        }
    }
}

/// By Meson, in the folder that cargo has for it.
fn built(source: &Path) {
    let build = PathBuf::from(std::env::var_os("OUT_DIR").unwrap()).join("build");
    for part in ["meson.build", "meson_options.txt", "include", "lib"] {
        println!("cargo:rerun-if-changed={}", source.join(part).display());
    }
    if !build.join("build.ninja").exists() {
        run(Command::new("meson").arg("setup").args(OPTIONS).arg(&build).arg(source));
    }
    run(Command::new("meson").args(["compile", "-C"]).arg(&build));
    let pages = build.join("meson-uninstalled");
    link(&run(Command::new("pkg-config").args(["--static", "--libs", "diffdyn"]).env("PKG_CONFIG_PATH", pages)),
         Some("static=diffdyn"));
}

fn main() {
    for name in ["DIFFDYN_LIB_DIR", "DIFFDYN_SOURCE", "PKG_CONFIG_PATH"] {
        println!("cargo:rerun-if-env-changed={}", name);
    }
    if let Ok(folder) = std::env::var("DIFFDYN_LIB_DIR") {
        return println!("cargo:rustc-link-search=native={}", folder);
    }
    if let Some(source) = std::env::var_os("DIFFDYN_SOURCE") {
        return built(Path::new(&source));
    }
    match Command::new("pkg-config").args(["--libs-only-L", "diffdyn"]).output() {
        Ok(out) if out.status.success() => link(&String::from_utf8_lossy(&out.stdout), None),
        _ => println!("cargo:warning=pkg-config does not know diffdyn: set DIFFDYN_SOURCE to have it built, or \
                       DIFFDYN_LIB_DIR if it is not linked"),
    }
}
