"""The figures as a Markdown table."""
from bench import ROWS, median
from programs import FLOOR, OURS, PEERS

HEAD = ['program', 'wall s', 'CPU s', 'peak MiB', 'requests', 'server CPU s', 'runs', 'ratio']


def number(value):
    """Three significant figures, and no more than milliseconds."""
    if value >= 100:
        return f'{value:,.0f}'
    return f'{value:.1f}' if value >= 10 else f'{value:.2f}' if value >= 1 else f'{value:.3f}'


def ratios(cells, which, row, program):
    """Ours to the floor, a peer to ours; wall, and CPU of a peer."""
    runs, ours = cells.get((which, row, program.name)), cells.get((which, row, OURS.name))
    if not isinstance(runs, list):
        return ''
    if program is OURS:
        # The floor's work is the same for both plans.
        floor = cells.get((which, 'sync', FLOOR.name)) if row in ('sync', 'changed') else None
        return f'{median(runs, "wall") / median(floor, "wall"):.2f} x floor' if isinstance(floor, list) else ''
    if program is FLOOR or not isinstance(ours, list):
        return ''
    wall, cpu = (median(runs, field) / max(median(ours, field), 1e-6) for field in ('wall', 'cpu'))
    return f'{wall:.1f} x {OURS.name} (CPU {cpu:.1f} x)'


def lines(cells, sets, rows):
    yield ['zones x RRsets', 'row', *HEAD]
    for which in sets:
        for row in rows:
            for program in [FLOOR, OURS, *PEERS]:
                runs = cells.get((which, row, program.name))
                if runs is None:
                    continue
                yield [str(which), ROWS[row], *cell(cells, which, row, program, runs)]


def cell(cells, which, row, program, runs):
    if not isinstance(runs, list):
        return [program.name, runs, *[''] * 6]
    figures = [number(median(runs, field)) for field in ('wall', 'cpu', 'peak')]
    requests = f'{median(runs, "requests"):,.0f}'
    server = number(median(runs, 'server_cpu'))
    return [program.name, *figures, requests, server, str(len(runs)), ratios(cells, which, row, program)]


def markdown(cells, sets, rows):
    table = list(lines(cells, sets, rows))
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    text_columns = {0, 1, 2, len(widths) - 1}

    def line(fields):
        padded = (field.ljust(width) if column in text_columns else field.rjust(width)
                  for column, (field, width) in enumerate(zip(fields, widths)))
        return '| ' + ' | '.join(padded) + ' |'

    rule = '| ' + ' | '.join('-' * width if column in text_columns else '-' * (width - 1) + ':'
                             for column, width in enumerate(widths)) + ' |'
    return '\n'.join([line(table[0]), rule, *map(line, table[1:])])
