"""The command diffdyn: its subcommands, what shells and manuals ask of it, what all of them have in common."""
import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import termios
import time

import run_driver
from run_driver import DriverTest

COMMANDS = ["branch", "collapse", "curse", "flows", "foreign-score", "generalization", "gmm-collapse",
            "gmm-speciation", "images", "late-start", "memorization", "phi", "regimes", "score",
            "symmetry", "trajectory", "uturn"]
QUICK = ("gmm-speciation", "--d=16", "--pairs=100", "--t-max=3")


class Diffdyn(DriverTest):
    def test_commands(self):
        done = self.succeeds("--help", out=False)
        self.assertEqual(self.succeeds("-h", out=False).stdout, done.stdout)
        self.assertEqual(re.findall(r"^  ([a-z][a-z-]+) {2,}\S", done.stdout, flags=re.M), COMMANDS)
        for command in COMMANDS:
            text = self.succeeds(command, "-h", out=False).stdout
            self.assertTrue(text.startswith("usage: diffdyn %s" % command), text)
            for part in ("\nRun:\n", "\nFiles in DIR: ", "\nExample: diffdyn " + command):
                self.assertIn(part, text)
            self.assertEqual("  --plot png|pdf|svg|none" in text, command != "images")
            self.assertEqual("\nData:\n" in text, "  --data FILE" in text)
            for line in text.splitlines():
                self.assertLessEqual(len(re.sub(r"^(  --|Files in|Example).*", "", line)), 120, line)

    def test_refuses(self):
        self.refuses("which experiment?", out=False)
        self.refuses("there is no command 'regime'", "regime", out=False)
        self.refuses("diffdyn uturn: unknown option --nonsense", "uturn", "--nonsense")
        self.refuses("--plot = 'gif' is not one of png|pdf|svg|none", "curse", "--plot=gif")

    def test_version(self):
        text = self.succeeds("--version", out=False).stdout
        self.assertRegex(text, r"\Alibdiffdyn \d+\.\d+\.\d+\n(  \S+ +\S.*\n)+\Z")
        self.assertEqual(self.succeeds("regimes", "--version", out=False).stdout, text)
        features = dict(line.split(maxsplit=1) for line in text.splitlines()[1:])
        # What is read as data follows what the library was built with.
        help_text = " ".join(self.succeeds("phi", "--help", out=False).stdout.split())
        self.assertEqual("HDF5" in help_text, features["hdf5"] != "none")
        self.assertEqual("a folder of .png or .jpg" in help_text, features["images"] != "none")
        self.assertIn("labels of the points: .npy, .npz", help_text)
        self.assertNotIn("{", help_text)

    def test_core_of_openblas(self):
        """One that the processor is newer than takes its oldest kernels by itself; what the user says stays."""
        def features(**more):
            env = {name: value for name, value in os.environ.items() if name != "OPENBLAS_CORETYPE"}
            lines = self.succeeds("--version", out=False, env={**env, **more}).stdout.splitlines()[1:]
            return dict(line.split(maxsplit=1) for line in lines)
        told = features(OPENBLAS_CORETYPE="Prescott")
        self.assertNotIn("OPENBLAS_CORETYPE", told)
        if told["blas_core"] != "Prescott":
            self.skipTest("no OpenBLAS that can be told its core")
        alone = features()
        if "OPENBLAS_CORETYPE" in alone:
            self.assertRegex(alone["OPENBLAS_CORETYPE"], r"^(SkylakeX|Haswell)(,| would).* not know .*\(core Prescott\)$")
            self.assertEqual("set by" in alone["OPENBLAS_CORETYPE"], alone["blas_core"] != "Prescott")

    def test_pictures(self):
        for kind, head in (("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")):
            done = self.succeeds(*QUICK, "--plot", kind)
            with open(os.path.join(self.out, "gmm_speciation." + kind), "rb") as f:
                self.assertEqual(f.read(len(head)), head)
        # The others are of runs before.
        self.assertIn("gmm_speciation.pdf is of an earlier run: renamed", done.stderr)
        done = self.succeeds(*QUICK, "--plot=none")
        self.assertEqual([n for n in os.listdir(self.out) if n.endswith((".png", ".pdf", ".svg"))], [])
        with open(os.path.join(self.out, "gmm_speciation.gp"), encoding="utf-8") as f:
            self.assertIn("pngcairo", f.read())

    def test_quiet_and_whole_numbers(self):
        loud = self.succeeds(*QUICK)
        table = run_driver.csv_lines(os.path.join(self.out, "gmm_speciation_d16.csv"))
        quiet = self.succeeds(*QUICK[:2], "--pairs", "1e2", "--t-max=3", "--quiet")
        self.assertTrue(loud.stdout)
        self.assertEqual((quiet.stdout, quiet.stderr), ("", ""))
        self.assertEqual(run_driver.csv_lines(os.path.join(self.out, "gmm_speciation_d16.csv")), table)
        for text in ("1e2.5", "1.5e0", "1e", "1e17", "1e-1"):
            self.refuses("--pairs = '%s' is not a whole number" % text, *QUICK, "--pairs", text)

    def test_progress(self):
        done = self.succeeds("gmm-collapse", "--n=3e3", "--d=64", "--times=4", "--progress=json")
        lines = [json.loads(line) for line in done.stderr.splitlines()]
        self.assertGreaterEqual(len(lines), 1)
        for line in lines:
            self.assertTrue(line["stage"] and 0 <= line["fraction"] <= 1 and line["seconds"] >= 0, line)
        self.assertEqual(self.succeeds("gmm-collapse", "--n=3e3", "--d=64", "--times=4").stderr, "")

    def test_progress_of_the_whole(self):
        """One bar for all parts, which never goes back, and what time is left."""
        x, y = self.clusters(200)
        for command, parts in (
                (("regimes", "--labels", y, "--samples=60", "--clones=30"),
                 ["range of times", "curves", "clones", "paths", "pictures"]),
                (("collapse", "--samples=200"), ["range of times", "curve", "pictures"]),
                (("uturn", "--paths=500"), ["paths", "pictures"]),
                (("trajectory", "--from-data", "--paths=100", "--method=euler", "--steps=200"),
                 ["to noise", "to data", "pictures"]),
                (("late-start", "--samples=50", "--features=3", "--steps=20"), ["divergences", "samples", "pictures"])):
            done = self.succeeds(*command, "--data", x, "--progress=json")
            lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
            self.assertGreater(len(lines), 2, command)
            for line in lines:
                self.assertEqual(list(line), ["stage", "part", "parts", "fraction", "seconds", "left"])
                self.assertIn(line["stage"], [*parts, "done", "reading"])
                self.assertEqual((line["stage"] == "reading"), line["parts"] == 0)
            shares = [line["fraction"] for line in lines]
            self.assertEqual(shares, sorted(shares), command)
            seconds = [line["seconds"] for line in lines]
            self.assertEqual(seconds, sorted(seconds))
            self.assertEqual((lines[-1]["stage"], shares[-1], lines[-1]["left"]), ("done", 1, 0))
            self.assertTrue({line["parts"] for line in lines} <= {0, len(parts)})

    def on_terminal(self, *args, columns=(80,), term="xterm"):
        """What the command writes on a terminal of so many columns, which change while it runs."""
        master, slave = pty.openpty()

        def resize(width):
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", 24, width, 0, 0))
        resize(columns[0])
        widths, text = list(columns[1:]), b""
        with subprocess.Popen([*run_driver.PROGRAM, *args, "--out", self.out], stdin=slave, stdout=slave, stderr=slave,
                              env={**os.environ, "TERM": term}) as program:
            while program.poll() is None or select.select([master], [], [], 0)[0]:
                if select.select([master], [], [], 0.1)[0]:
                    text += os.read(master, 65536)
                if widths and text.count(b"\r\x1b[K") >= 6:
                    resize(widths.pop(0))
                    text += b"\0"
        os.close(master)
        os.close(slave)
        self.assertEqual(program.returncode, 0, text)
        return text.decode()

    def test_terminal(self):
        command = ("gmm-collapse", "--n=3e3", "--d=64", "--times=5", "--plot=none")
        table = self.succeeds(*command).stdout.splitlines()
        for width in (120, 80, 40, 20):
            text = self.on_terminal(*command, columns=(width,))
            bars = re.findall(r"\r\x1b\[K([^\r\n]+)(?=\r\x1b)", text)
            self.assertGreater(len(bars), 3, text)
            for bar in bars:
                self.assertLess(len(bar), width, bar)
                self.assertIn(" %", bar)
                self.assertEqual("[" in bar, width >= 80, bar)
            shares = [int(re.search(r"(\d+) %", bar)[1]) for bar in bars]
            self.assertEqual(shares, sorted(shares))
            # What is printed stands on lines of its own, and no bar is left.
            after = [line.rpartition("\x1b[K")[2] for line in text.replace("\r\n", "\n").split("\n")]
            self.assertEqual([line for line in after if line], [line for line in table if line])
        longer = [arg.replace("3e3", "2e4") for arg in command]
        before, after = self.on_terminal(*longer, columns=(100, 24)).split("\0", 1)
        self.assertGreater(max(map(len, re.findall(r"\x1b\[K([^\r]*)", before))), 60)
        for bar in re.findall(r"\x1b\[K([^\r\n]* %[^\r\n]*)\r", after)[1:]:
            self.assertLess(len(bar), 24, bar)
        for term in ("dumb",):
            self.assertNotIn("%", self.on_terminal(*command, "--quiet", term=term))

    def test_signals(self):
        """Nothing is left in the folder; a terminal that goes ends what is not under nohup."""
        # These tests may be under nohup themselves: what is done at the end of the terminal is said here.
        for number, ignored in ((signal.SIGINT, False), (signal.SIGTERM, False), (signal.SIGHUP, False),
                                (signal.SIGTERM, True)):
            hang_up = signal.SIG_IGN if ignored else signal.SIG_DFL
            program = subprocess.Popen([*run_driver.PROGRAM, "gmm-collapse", "--n=4e4", "--d=500", "--times=200",
                                        "--progress=json", "--out", self.out], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.PIPE, text=True,
                                       preexec_fn=lambda act=hang_up: signal.signal(signal.SIGHUP, act))
            try:
                self.assertIn("stage", program.stderr.readline())
                if ignored:
                    program.send_signal(signal.SIGHUP)
                begin = time.monotonic()
                program.send_signal(number)
                text = program.communicate(timeout=20)[1]
            finally:
                program.kill()
            self.assertLess(time.monotonic() - begin, 10)  # 0.3 s on a machine that does nothing else
            self.assertEqual(program.returncode, 128 + number)
            self.assertIn("diffdyn gmm-collapse: interrupted", text.splitlines()[-1])
            self.assertEqual(os.listdir(self.out), [])

    def test_signal_while_gnuplot_draws(self):
        """gnuplot would go on for seconds, and the command would wait for it."""
        os.makedirs(self.path("bin"))
        with open(self.path("bin/gnuplot"), "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\ntouch %s\nexec sleep 60\n" % self.path("draws"))
        os.chmod(self.path("bin/gnuplot"), 0o755)
        program = subprocess.Popen([*run_driver.PROGRAM, *QUICK, "--out", self.out], stderr=subprocess.PIPE, text=True,
                                   stdout=subprocess.DEVNULL,
                                   env={**os.environ, "PATH": self.path("bin") + ":" + os.environ["PATH"]})
        try:
            while not os.path.exists(self.path("draws")):
                self.assertIsNone(program.poll())
                time.sleep(0.01)
            program.send_signal(signal.SIGTERM)
            text = program.communicate(timeout=20)[1]
        finally:
            program.kill()
        self.assertEqual((program.returncode, text), (143, "diffdyn gmm-speciation: interrupted\n"))
        self.assertNotIn("gmm_speciation.png", os.listdir(self.out))

    def test_remarks_of_gnuplot(self):
        """Those of its libraries are no concern of the user where the picture is drawn; else the last one says why."""
        real = shutil.which("gnuplot")
        if not real:
            self.skipTest("there is no gnuplot")
        os.makedirs(self.path("bin"))
        env = {**os.environ, "PATH": self.path("bin") + ":" + os.environ["PATH"]}

        def replace(rest):
            with open(self.path("bin/gnuplot"), "w", encoding="utf-8") as f:
                f.write("#!/bin/sh\necho 'iconv failed to convert degree sign' >&2\n" + rest)
            os.chmod(self.path("bin/gnuplot"), 0o755)
        replace('exec %s "$@"\n' % real)
        self.assertEqual(self.succeeds(*QUICK, env=env).stderr, "")
        replace("echo 'line 3: no such terminal' >&2\necho >&2\nexit 1\n")
        shutil.rmtree(self.out)
        self.refuses("from gmm_speciation.gp: line 3: no such terminal", *QUICK, env=env)

    def test_streams(self):
        """A pipe that nobody reads and a closed stdout are errors, and cost no picture."""
        for closing in ("exec >&-; exec %s", "{ %s; echo $? > status; } | true; exit $(cat status)"):
            command = " ".join([*run_driver.PROGRAM, "gmm-speciation", "--d=16", "--pairs=500", "--t-max=9", "--out", self.out])
            done = subprocess.run(["sh", "-c", closing % command], stderr=subprocess.PIPE, text=True, cwd=self.dir, check=False)
            self.assertEqual(done.returncode, 2, (closing, done.stderr))
            self.assertIn("cannot write standard output", done.stderr)
            for name in os.listdir(self.out):
                self.assertNotIn(".part", name)
            with open(os.path.join(self.out, "gmm_speciation.png"), "rb") as f:
                self.assertEqual(f.read(4), b"\x89PNG")

    def test_bits(self):
        """Bytes that are 0 and 1 alone are no grey levels."""
        bits = bytes((i * i // 7 + i) % 2 for i in range(400))
        seen = set()
        for name, descr, payload in (("b.npy", "|b1", bits), ("u.npy", "|u1", bits),
                                     ("f.npy", "<f4", struct.pack("<400f", *bits))):
            x = run_driver.npy(self.path(name), (100, 4), descr, payload)
            done = self.succeeds("memorization", "--data", x, "--samples", x)
            self.assertEqual("holds 0 and 1 alone" in done.stderr, name != "f.npy", done.stderr)
            seen.add("".join(run_driver.csv_lines(os.path.join(self.out, "memorization.csv"))))
        self.assertEqual(len(seen), 1)

    def test_manual(self):
        page = self.succeeds("--man", out=False).stdout
        self.assertTrue(page.startswith(".TH DIFFDYN 1 "))
        self.assertNotRegex(page, r" T +threads [^;]*[0-9]")  # it is made on one machine for others
        for command in COMMANDS:
            self.assertIn('.SH "%s"\n' % command, page)
            options = re.findall(r"^  (--[a-z0-9-]+)", self.succeeds(command, "-h", out=False).stdout, flags=re.M)
            section = page.split('.SH "%s"\n' % command)[1].split(".SH ")[0].replace("\\-", "-")
            self.assertEqual(re.findall(r"^  (--[a-z0-9-]+)", section, flags=re.M), options)
            self.assertGreater(len(options), 5)
        if shutil.which("groff"):
            done = subprocess.run(["groff", "-Kutf8", "-man", "-ww", "-Tutf8", "-z"], input=page, text=True,
                                  stderr=subprocess.PIPE, check=True)
            self.assertEqual(re.sub(r".*can't break line.*\n|.*cannot break line.*\n", "", done.stderr), "")

    def test_completion(self):
        if not shutil.which("bash"):
            self.skipTest("there is no bash")
        script = self.succeeds("--completion", out=False).stdout
        with open(self.path("completion"), "w", encoding="utf-8") as f:
            f.write(script)

        def completed(*words):
            line = "source ./completion; COMP_WORDS=(%s); COMP_CWORD=%d; _diffdyn; printf '%%s\\n' \"${COMPREPLY[@]}\"" % (
                " ".join("'%s'" % w for w in (run_driver.PROGRAM[0], *words)), len(words))
            return subprocess.run(["bash", "-c", line], text=True, stdout=subprocess.PIPE, cwd=self.dir,
                                  check=True).stdout.split()
        self.assertEqual(completed("gm"), ["gmm-collapse", "gmm-speciation"])
        for command in COMMANDS:
            options = re.findall(r"^  (--[a-z0-9-]+)", self.succeeds(command, "-h", out=False).stdout, flags=re.M)
            self.assertEqual(completed(command, "--"), options, command)
        self.assertEqual(completed("regimes", "--path"), ["--paths", "--path-steps"])
        self.assertEqual(completed("regimes", "--plot", ""), ["png", "pdf", "svg", "none"])
        self.assertEqual(completed("regimes", "--plot", "="), ["png", "pdf", "svg", "none"])  # as bash splits --plot=
        self.assertEqual(completed("regimes", "--plot", "=", "p"), ["png", "pdf"])
        self.assertEqual(completed("uturn", "--data", "=", "comp"), ["completion"])
        self.assertEqual(completed("--"), ["--help", "--version", "--completion", "--man"])
        self.assertEqual(completed("uturn", "--scale", "r"), ["raw"])
        self.assertEqual(completed("trajectory", "--method", "edm"), ["edm-heun"])
        self.assertEqual(completed("regimes", "--schedule", ""), [
            "ou", "vp", "ddpm", "scaled-linear", "cosine", "edm", "flow", "alphas:", "betas:", "zero-snr:"])
        self.assertEqual(completed("phi", "--format", ""), ["csv", "json", "npy"])
        self.assertEqual(completed("phi", "--format", "=", "n"), ["npy"])
        self.assertEqual(completed("phi", "--format", "json,"), ["json,csv", "json,json", "json,npy"])
        self.assertEqual(completed("phi", "--format", "json,n"), ["json,npy"])
        fixed = 0
        for command in COMMANDS:
            shown = self.succeeds(command, "-h", out=False).stdout
            for option, words in re.findall(r"^  (--[a-z0-9-]+) ([a-z0-9-]+(?:[|,][a-z0-9-]+)+)(?= |$)", shown, flags=re.M):
                self.assertEqual(completed(command, option, ""), re.split("[|,]", words), (command, option))
                fixed += 1
        self.assertGreater(fixed, 60)
        self.assertEqual(completed("uturn", "--data", "comp"), ["completion"])
        self.assertEqual(completed("uturn", "--data", "/tmp;e a[b.npy", "--pl"), ["--plot"])


if __name__ == "__main__":
    run_driver.main()
