"""revitra-fem as processes that can be hit: started, watched, killed and limited."""

import os
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path


def descendants(pid):
    """The ids of a process and of all that it has started, it first."""
    children = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text(errors="replace").rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):  # it has just ended
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for known in found:
        found.extend(children.get(known, []))
    return found


def is_alive(pid):
    """Whether the process is there, and not only waits to be asked for its status."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def send(pid, number):
    """Sends a signal; one that comes too late does nothing."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


class Launcher:
    """Starts revitra-fem. What Open MPI leaves behind of killed runs goes with the object."""

    def __init__(self, fem):
        self.fem = Path(fem).resolve()
        self.temporary = tempfile.mkdtemp(prefix="rf", dir="/tmp")  # a short path: there are sockets in it
        self.environment = {
            **os.environ,
            "TMPDIR": self.temporary,
            "OMPI_MCA_btl_vader_backing_directory": self.temporary,
            "OMPI_MCA_mpi_yield_when_idle": "1",
        }

    def start(self, ranks, arguments):
        """A running revitra-fem on `ranks` processes."""
        mpirun = ["mpirun", "-np", str(ranks)] if ranks > 1 else []
        return Running([*mpirun, str(self.fem), *map(str, arguments)], self.fem, self.environment)

    def close(self):
        """Removes what is left."""
        shutil.rmtree(self.temporary, ignore_errors=True)


class Running:
    """A run that goes on while its maker does something to it."""

    def __init__(self, command, fem, environment):
        self.fem = fem
        self.files = [tempfile.TemporaryFile("w+", errors="replace", dir=environment["TMPDIR"]) for _ in range(2)]
        self.process = subprocess.Popen(command, stdout=self.files[0], stderr=self.files[1], env=environment,
                                        restore_signals=False)  # Python ignores SIGXFSZ, so a limit kills nothing

    def ranks(self):
        """The ids of the processes that are revitra-fem."""
        found = []
        for pid in descendants(self.process.pid):
            try:
                if os.path.samefile(f"/proc/{pid}/exe", self.fem):
                    found.append(pid)
            except OSError:
                pass
        return found

    def wait(self, timeout=120):
        """Whether the run has ended within so many seconds."""
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self):
        """SIGKILL to all at once."""
        everyone = descendants(self.process.pid)
        for pid in everyone:
            send(pid, signal.SIGKILL)
        self.process.wait()
        until = time.monotonic() + 10
        while any(map(is_alive, everyone)) and time.monotonic() < until:
            time.sleep(0.01)

    def limit_files(self, size):
        """From now on no process of the run can make a file longer than `size`."""
        for pid in self.ranks():
            self.limit(pid, resource.RLIMIT_FSIZE, size)

    @staticmethod
    def limit(pid, what, size):
        """From now on the process has no more than `size` of something."""
        resource.prlimit(pid, what, (size, resource.getrlimit(what)[1]))

    @staticmethod
    def memory(pid):
        """The address space of a process, in bytes."""
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()

    def status(self):
        """The exit status; a run that hangs is killed, and has none."""
        if not self.wait():
            self.kill()
            return "none: it hangs"
        return self.process.returncode

    def said(self):
        """What has come on stdout, and on stderr."""
        for file in self.files:
            file.seek(0)
        return tuple(file.read() for file in self.files)
