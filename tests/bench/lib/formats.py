"""The same zones as each program wants them: dnsctl, octoDNS, dnscontrol, and PowerDNS itself."""
import json
import os

from zones import DEFAULT_TTL

API_KEY = 'bench'


def yaml_text(text):
    """A YAML string that is never read as something else."""
    return "'" + text.replace("'", "''") + "'"


def chunks(text):
    """TXT in presentation form (RFC 1035 section 5.1): quoted strings of at most 255 octets."""
    parts = [text[at:at + 255] for at in range(0, len(text), 255)]
    return ' '.join('"' + part.replace('\\', '\\\\').replace('"', '\\"') + '"' for part in parts)


def rdata(kind, value):
    """Presentation form, except that TXT stays plain text."""
    if kind == 'CAA':
        return f'{value[0]} {value[1]} "{value[2]}"'
    return ' '.join(map(str, value)) if isinstance(value, tuple) else value


def by_owner(rrsets):
    owners = {}
    for rrset in rrsets:
        owners.setdefault(rrset.owner, []).append(rrset)
    return owners


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as file:
        file.write(text)


# --- dnsctl -----------------------------------------------------------------------------------------------------------
def write_dnsctl(folder, zones, port, dns_port):
    write(f'{folder}/dnsctl.yaml', f'''\
zones: zones/*.yaml
providers:
  main: {{ type: powerdns, url: "http://127.0.0.1:{port}", api_key: {{ env: PDNS_API_KEY }} }}
defaults: {{ provider: main, ttl: {DEFAULT_TTL}, create: true }}
policy:
  deletes: {{ max: 100000000, percent: 100 }}
  updates: {{ percent: 100 }}
verify: {{ servers: ["127.0.0.1:{dns_port}"] }}
''')
    for name, rrsets in zones.items():
        lines = ['records:\n']
        for owner, sets in by_owner(rrsets).items():
            lines.append(f'  {yaml_text(owner or "@")}:\n')
            lines += map(dnsctl_rrset, sets)
        write(f'{folder}/zones/{name}yaml', ''.join(lines))


def dnsctl_rrset(rrset):
    found = [yaml_text(rdata(rrset.type, value)) for value in rrset.values]
    if rrset.ttl == DEFAULT_TTL and len(found) == 1:
        return f'    {rrset.type}: {found[0]}\n'
    ttl = '' if rrset.ttl == DEFAULT_TTL else f'ttl: {rrset.ttl}, '
    some = f'value: {found[0]}' if len(found) == 1 else f'values: [{", ".join(found)}]'
    return f'    {rrset.type}: {{ {ttl}{some} }}\n'


# --- octoDNS ----------------------------------------------------------------------------------------------------------
OCTODNS_FIELDS = {
    'MX': ('preference', 'exchange'),
    'SRV': ('priority', 'weight', 'port', 'target'),
    'CAA': ('flags', 'tag', 'value'),
}


def write_octodns(folder, zones, port, workers):
    write(f'{folder}/octodns.yaml', f'''\
manager:
  max_workers: {workers}
providers:
  config:
    class: octodns.provider.yaml.YamlProvider
    directory: {folder}/config
    default_ttl: {DEFAULT_TTL}
    escaped_semicolons: false
  main:
    class: octodns_powerdns.PowerDnsProvider
    host: 127.0.0.1
    port: {port}
    api_key: {API_KEY}
    timeout: 600
    mode_of_operation: native
zones:
''' + ''.join(f'  {name}:\n    sources: [config]\n    targets: [main]\n' for name in zones))
    for name, rrsets in zones.items():
        owners = by_owner(rrsets)
        # It wants its keys sorted. The shapes are those that its own dump writes.
        lines = [f'{yaml_text(owner)}:\n{octodns_owner(owners[owner])}' for owner in sorted(owners)]
        write(f'{folder}/config/{name}yaml', ''.join(lines))


def octodns_owner(rrsets):
    if len(rrsets) == 1:
        return ''.join(f'  {line}\n' for line in octodns_rrset(rrsets[0]))
    return ''.join('- ' + '\n  '.join(octodns_rrset(rrset)) + '\n' for rrset in rrsets)


def octodns_rrset(rrset):
    lines = [] if rrset.ttl == DEFAULT_TTL else [f'ttl: {rrset.ttl}']
    lines.append(f'type: {rrset.type}')
    values = [octodns_value(rrset.type, value) for value in rrset.values]
    return lines + ([f'value: {values[0]}'] if len(values) == 1 else ['values:', *(f'- {value}' for value in values)])


def octodns_value(kind, value):
    if not isinstance(value, tuple):
        return yaml_text(value) if kind in ('TXT', 'AAAA') else value
    fields = sorted(zip(OCTODNS_FIELDS[kind], value))
    return '{' + ', '.join(f'{name}: {yaml_text(field) if kind == "CAA" and name == "value" else field}'
                           for name, field in fields) + '}'


# --- dnscontrol -------------------------------------------------------------------------------------------------------
def write_dnscontrol(folder, zones, port):
    write(f'{folder}/creds.json', json.dumps({
        'main': {'TYPE': 'POWERDNS', 'apiKey': API_KEY, 'apiUrl': f'http://127.0.0.1:{port}', 'serverName': 'localhost'},
        'none': {'TYPE': 'NONE'},
    }))
    lines = [
        'var NONE = NewRegistrar("none");',
        'var MAIN = NewDnsProvider("main", {"default_ns": []});',
        f'DEFAULTS(DefaultTTL({DEFAULT_TTL}));',
    ]
    for name, rrsets in zones.items():
        lines.append(f'D({json.dumps(name[:-1])}, NONE, DnsProvider(MAIN, 0),')
        for rrset in rrsets:
            lines += [f'  {dnscontrol_record(rrset, value)},' for value in rrset.values]
        lines.append(f'  NAMESERVER_TTL({DEFAULT_TTL})\n);')
    write(f'{folder}/dnsconfig.js', '\n'.join(lines) + '\n')


def dnscontrol_record(rrset, value):
    if rrset.type == 'NS' and not rrset.owner:
        return f'NAMESERVER({json.dumps(value)})'
    fields = value if isinstance(value, tuple) else (value,)
    if rrset.type == 'CAA':
        fields = fields[1:]
    ttl = '' if rrset.ttl == DEFAULT_TTL else f', TTL({rrset.ttl})'
    return f'{rrset.type}({json.dumps(rrset.owner or "@")}, {", ".join(map(json.dumps, fields))}{ttl})'


# --- PowerDNS ---------------------------------------------------------------------------------------------------------
def powerdns_rrsets(name, rrsets):
    """`{(owner name, type): (ttl, {content})}` as the API gives it back."""
    def content(kind, value):
        return chunks(value) if kind == 'TXT' else rdata(kind, value)
    return {
        (f'{r.owner}.{name}' if r.owner else name, r.type): (r.ttl, {content(r.type, v) for v in r.values})
        for r in rrsets
    }
