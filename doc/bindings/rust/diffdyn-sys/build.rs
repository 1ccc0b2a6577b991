//! Where libdiffdyn is: the folder DIFFDYN_LIB_DIR, or what pkg-config says.
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=DIFFDYN_LIB_DIR");
    println!("cargo:rerun-if-env-changed=PKG_CONFIG_PATH");
    if let Ok(folder) = std::env::var("DIFFDYN_LIB_DIR") {
        println!("cargo:rustc-link-search=native={}", folder);
        return;
    }
    let found = Command::new("pkg-config").args(["--libs-only-L", "diffdyn"]).output();
    match found {
        Ok(out) if out.status.success() => {
            for flag in String::from_utf8_lossy(&out.stdout).split_whitespace() {
                println!("cargo:rustc-link-search=native={}", flag.trim_start_matches("-L"));
            }
        }
        _ => println!("cargo:warning=pkg-config does not know diffdyn: set DIFFDYN_LIB_DIR if it is not linked"),
    }
}
