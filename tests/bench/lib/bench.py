"""Runs the programs against a server and collects what each run cost."""
import contextlib
import json
import os
import shutil
import signal
import statistics
import subprocess
import time
from typing import NamedTuple

import programs
import zones as made
from powerdns import Latency, Port, PowerDns

ROWS = {'first': 'first apply', 'sync': 'plan in sync', 'changed': 'plan, 1 % changed', 'apply': 'apply of 1 %'}


class Failed(Exception):
    """A program did not do what the row asks."""


class Run(NamedTuple):
    wall: float  # seconds
    cpu: float  # seconds, user and system, of the program
    peak: float  # MiB
    requests: int
    server_cpu: float  # seconds
    output: str
    code: int


class Set(NamedTuple):
    zones: int
    rrsets: int
    latency: int  # milliseconds

    @staticmethod
    def parse(text):
        size, _, latency = text.partition('+')
        zones, _, rrsets = size.partition('x')
        return Set(int(zones), int(rrsets), int(latency or 0))

    def __str__(self):
        extra = f', +{self.latency} ms a request' if self.latency else ''
        return f'{self.zones:,} x {self.rrsets:,}{extra}'


def median(runs, field):
    return statistics.median(getattr(run, field) for run in runs)


class Bench:
    """`cells[(set, row, program name)]` is a list of runs, or a string that says why there are none."""

    def __init__(self, folder, runs, patience, limit, say):
        self.folder, self.runs, self.patience, self.limit, self.say = folder, runs, patience, limit, say
        self.dns, self.api = Port(), Port()
        self.cells = {}

    # --- one run ------------------------------------------------------------------------------------------------------
    def run(self, server, program, command, folder='/', stdin=None):
        output = f'{self.folder}/output'
        requests, cpu = server.requests(), server.cpu()
        environment = {**os.environ, **program.environment}
        figures = json.loads(self.wait([programs.MEASURE, output, *command], folder, environment, stdin or ''))
        with open(output, errors='replace') as file:
            text = file.read()
        return Run(figures['wall'], figures['cpu'], figures['peak'], server.requests() - requests, server.cpu() - cpu,
                   text, figures['code'])

    def wait(self, command, folder, environment, stdin):
        """Standard output of a command; it and its children are killed when it takes too long or we are stopped."""
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder,
                                   env=environment, start_new_session=True)
        try:
            text, _ = process.communicate(stdin, timeout=self.limit)
        except subprocess.TimeoutExpired:
            raise Failed(f'took longer than {self.limit:.0f} s') from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if process.returncode:
            raise Failed(f'could not be started: {command[2]}')
        return text

    def again(self, runs, start):
        return len(runs) < self.runs and (not runs or time.monotonic() - start < self.patience)

    def plan(self, server, program, folder, expect_sync):
        run = self.run(server, program, program.plan(folder), folder)
        if program.in_sync(run.code, run.output) is not expect_sync:
            raise Failed(f'the plan does not say "{"no" if expect_sync else "some"} changes" '
                         f'(exit code {run.code})\n{run.output[-2000:]}')
        return run

    def apply(self, server, program, folder):
        run = self.run(server, program, program.apply(folder), folder)
        if run.code:
            raise Failed(f'exit code {run.code}\n{run.output[-2000:]}')
        return run

    def expect(self, server, zones):
        differences = server.differences(zones)
        if differences:
            raise Failed(f'the server holds something else, {len(differences)} times:\n' + '\n'.join(differences[:5]))

    # --- all rows of one program --------------------------------------------------------------------------------------
    def measure(self, which, rows, program, base, changed, floor):
        """Fills the cells of one program; `floor` runs beside the plans in sync when it is given."""
        with contextlib.ExitStack() as stack:
            proxy = stack.enter_context(Latency(programs.LATENCY_PROXY, self.api.number, which.latency))
            folder, folder_changed = f'{self.folder}/base', f'{self.folder}/changed'
            for to, zones in ((folder, base), (folder_changed, changed)):
                shutil.rmtree(to, ignore_errors=True)
                program.write(to, zones, proxy.port, self.dns.number, which.latency)
            server = self.first(which, rows, program, base, proxy, stack)
            if 'sync' in rows:
                runs, floors, start = [], [], time.monotonic()
                while self.again(runs, start):
                    runs.append(self.plan(server, program, folder, True))
                    if floor:
                        floors.append(self.floor(server, proxy, base))
                self.put(which, 'sync', program, runs)
                if floor:
                    self.put(which, 'sync', programs.FLOOR, floors)
            if 'changed' in rows:
                runs, start = [], time.monotonic()
                while self.again(runs, start):
                    runs.append(self.plan(server, program, folder_changed, False))
                self.put(which, 'changed', program, runs)
            if 'apply' in rows:
                runs, start = [], time.monotonic()
                # There and back: each of these changes the same 1 %.
                while self.again(runs, start):
                    to, zones = ((folder_changed, changed), (folder, base))[len(runs) % 2]
                    runs.append(self.apply(server, program, to))
                    self.expect(server, zones)
                self.put(which, 'apply', program, runs)

    def first(self, which, rows, program, base, proxy, stack):
        """Writes all zones to empty servers; gives the last of them, which ends with `stack`."""
        runs, start = [], time.monotonic()
        while True:
            server = PowerDns(self.dns, self.api)
            # What dnsctl remembers of the last read: a server that is empty again would be taken for a read that failed.
            shutil.rmtree(f'{self.folder}/base/.dnsctl', ignore_errors=True)
            with contextlib.ExitStack() as guard:
                guard.push(server)
                runs.append(self.apply(server, program, f'{self.folder}/base'))
                if 'first' in rows and self.again(runs, start):
                    continue
                self.expect(server, base)
                stack.push(guard.pop_all())
            if 'first' in rows:
                self.put(which, 'first', program, runs)
            return server

    # --- the floor ----------------------------------------------------------------------------------------------------
    def floor(self, server, proxy, zones):
        names = ''.join(f'{name}\n' for name in zones)
        run = self.run(server, programs.FLOOR, programs.FLOOR.command(proxy.port), stdin=names)
        # The server adds an SOA record to each zone.
        expected = f'{sum(map(len, zones.values())) + len(zones)} RRsets'
        if run.code or not run.output.startswith(expected):
            raise Failed(f'the floor saw something else than {expected}: {run.output}')
        return run

    def floor_alone(self, which, base):
        with PowerDns(self.dns, self.api) as server, \
                Latency(programs.LATENCY_PROXY, self.api.number, which.latency) as proxy:
            server.load(base)
            self.put(which, 'sync', programs.FLOOR, [self.floor(server, proxy, base) for _ in range(self.runs)])

    def put(self, which, row, program, runs):
        self.cells[which, row, program.name] = runs
        self.say(f'{which}: {ROWS[row]}, {program.name}: {median(runs, "wall"):.3f} s')

    # --- one set ------------------------------------------------------------------------------------------------------
    def measure_set(self, which, rows, chosen, with_floor):
        self.say(f'{which}: making zones')
        base = {name: made.zone(name, which.rrsets) for name in made.zone_names(which.zones)}
        changed, count = made.changed(base, 1)
        self.say(f'{which}: {count:,} of {which.zones * which.rrsets:,} RRsets are changed')
        floor_cell = (which, 'sync', programs.FLOOR.name)
        with_floor = with_floor and 'sync' in rows
        for program in chosen:
            try:
                self.measure(which, rows, program, base, changed, with_floor and floor_cell not in self.cells)
            except Failed as error:
                self.say(f'{which}: {program.name} FAILED: {error}')
                for row in rows:
                    self.cells.setdefault((which, row, program.name), 'failed')
        if with_floor and floor_cell not in self.cells:
            self.floor_alone(which, base)
