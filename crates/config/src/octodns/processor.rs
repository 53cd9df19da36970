//! Processors: what can be carried over exactly, and names for all others.

use dnsctl_zone::{IgnoreRule, RecordType, Source, Ttl};

use super::load::Entry;
use super::record::TYPES;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, quote};
use crate::project::Unit;
use crate::read::Reader;
use crate::yaml::Node;

/// A processor as the configuration declares it.
#[derive(Debug)]
pub(super) struct Processor {
    name: String,
    class: String,
    work: Work,
    source: Source,
}

#[derive(Debug)]
enum Work {
    /// The NS RRset of the apex is left alone. With a word when octoDNS would stop the run instead.
    LeaveApexNs { stops: bool },
    /// Only these types are managed, or all but these.
    Types { types: Vec<RecordType>, only: bool, at_target: bool },
    /// Records of these names are left alone.
    RejectNames { names: Vec<String>, at_target: bool },
    /// Names that end with the zone's name are refused, or left out.
    ZoneName { refuse: bool },
    /// TTLs are brought into a range.
    ClampTtl { least: u32, most: u32 },
    /// TTLs outside of a range or a list are refused.
    RestrictTtl { least: u32, most: u32, allowed: Vec<u32> },
    /// It changes nothing here.
    Nothing,
    /// It only checks: the plan is the same without it.
    Check,
    /// It would change what is planned, and is not carried over.
    Unknown(&'static str),
}

impl Processor {
    /// A processor that the configuration switches on by a key of `manager`.
    pub(super) fn built_in(name: &str, why: &'static str, source: Source) -> Self {
        Self { name: name.to_owned(), class: "built in".to_owned(), work: Work::Unknown(why), source }
    }

    /// Reads one of `processors:`.
    pub(super) fn read(reader: &mut Reader<'_>, name: &str, node: &Node<'_>) -> Self {
        let class = node.get("class").and_then(Node::as_str).unwrap_or_default().to_owned();
        let texts = |key: &str| -> Vec<String> {
            let items = node.get(key).map(Node::one_or_many).unwrap_or_default();
            items.iter().filter_map(|item| Some(item.as_str()?.to_owned())).collect()
        };
        let flag = |key: &str, default: bool| node.get(key).and_then(super::truth).unwrap_or(default);
        let number = |key: &str, default: u32| {
            node.get(key).and_then(Node::as_str).and_then(|text| text.parse().ok()).unwrap_or(default)
        };
        let types = |key: &str| -> Vec<RecordType> {
            texts(key).iter().filter_map(|text| super::class::record_type(text)).collect()
        };
        let at_target = flag("include_target", true);
        let short = class.rsplit('.').next().unwrap_or_default();
        let core = class.starts_with("octodns.processor.");
        let work = match short {
            _ if !core => Work::Unknown("its class is not part of octoDNS itself"),
            "IgnoreRootNsFilter" => Work::LeaveApexNs { stops: false },
            "ExcludeRootNsChanges" => Work::LeaveApexNs { stops: flag("error", true) },
            "TypeAllowlistFilter" => Work::Types { types: types("allowlist"), only: true, at_target },
            "TypeRejectlistFilter" => Work::Types { types: types("rejectlist"), only: false, at_target },
            "NameRejectlistFilter" => {
                let names = texts("rejectlist");
                if names.iter().any(|name| name.starts_with('/')) {
                    Work::Unknown("it has a regular expression")
                } else {
                    Work::RejectNames { names, at_target }
                }
            }
            "ZoneNameFilter" => Work::ZoneName { refuse: flag("error", true) },
            "TtlClampProcessor" => {
                Work::ClampTtl { least: number("min_ttl", 300), most: number("max_ttl", 86_400) }
            }
            "TtlRestrictionFilter" => Work::RestrictTtl {
                least: number("min_ttl", 1),
                most: number("max_ttl", 604_800),
                allowed: texts("allowed_ttls").iter().filter_map(|text| text.parse().ok()).collect(),
            },
            "EnsureTrailingDots" => Work::Nothing,
            "SpfDnsLookupProcessor" => Work::Check,
            _ => Work::Unknown("it changes what is planned"),
        };
        if class.is_empty() {
            let message = format!("the processor {} has no `class`", quote(name));
            let error = Diagnostic::error("octodns/bad-config", message);
            reader.report(node.position(), error.help("write the `class` that octoDNS loads"));
        }
        Self { name: name.to_owned(), class, work, source: reader.source(node.position()) }
    }

    /// An error about a record that the processor does not take.
    fn refusal(&self, entry: &Entry, message: String, related: &'static str) -> Diagnostic {
        let error = Diagnostic::error("octodns/processor", message)
            .at(entry.wish.source.clone())
            .help("mend the record, or take the processor away from the zone");
        error.related(self.source.clone(), related)
    }

    /// Does to the records of a zone, and to what is left alone at its providers, what octoDNS does.
    pub(super) fn apply(
        &self,
        unit: &Unit,
        entries: &mut Vec<Entry>,
        ignore: &mut Vec<IgnoreRule>,
        found: &mut Diagnostics,
    ) {
        let rule = |name: &str, types: Vec<RecordType>, except: Vec<RecordType>| IgnoreRule {
            name: name.to_owned(),
            types,
            except,
            source: self.source.clone(),
        };
        let key = |entry: &Entry| (entry.wish.rrset.name.clone(), entry.wish.rrset.rtype);
        let relative = |entry: &Entry| entry.wish.rrset.name.relative_to(&unit.apex);
        match &self.work {
            Work::Nothing => {}
            Work::LeaveApexNs { stops } => {
                entries.retain(|entry| key(entry) != (unit.apex.clone(), RecordType::NS));
                ignore.push(rule("@", vec![RecordType::NS], Vec::new()));
                if *stops {
                    let message = format!(
                        "the NS RRset of {} is left alone; octoDNS would stop when it differed (processor {})",
                        unit.apex,
                        quote(&self.name)
                    );
                    found.push(Diagnostic::note("octodns/processor", message).at(self.source.clone()));
                }
            }
            Work::Types { types, only, at_target } => {
                entries.retain(|entry| types.contains(&entry.wish.rrset.rtype) == *only);
                if *at_target {
                    let (types, except) =
                        if *only { (Vec::new(), types.clone()) } else { (types.clone(), Vec::new()) };
                    // No types at all would mean every type.
                    if !(types.is_empty() && except.is_empty() && !only) {
                        ignore.push(rule("**", types, except));
                    }
                }
            }
            Work::RejectNames { names, at_target } => {
                let named = |name: &String| if name.is_empty() { "@".to_owned() } else { name.clone() };
                entries.retain(|entry| !names.iter().any(|name| named(name) == relative(entry)));
                for name in names.iter().filter(|_| *at_target) {
                    ignore.push(rule(&named(name).replace('*', "\\*"), Vec::new(), Vec::new()));
                }
            }
            Work::ZoneName { refuse } => {
                let zone = unit.apex.to_string();
                let bare = zone.trim_end_matches('.');
                let inside = |entry: &Entry| relative(entry).ends_with(bare);
                if *refuse {
                    for entry in entries.iter().filter(|entry| inside(entry)) {
                        let name = &entry.wish.rrset.name;
                        let message = format!("{name} ends with the name of the zone twice");
                        found.push(self.refusal(entry, message, "this processor refuses it"));
                    }
                } else {
                    entries.retain(|entry| !inside(entry));
                }
            }
            Work::ClampTtl { least, most } => {
                for entry in entries {
                    let ttl = entry.wish.rrset.ttl.seconds().min(*most).max(*least);
                    entry.wish.rrset.ttl = Ttl::new(ttl).unwrap_or(Ttl::MAX);
                }
            }
            Work::RestrictTtl { least, most, allowed } => {
                for entry in entries.iter().filter(|entry| !entry.lenient) {
                    let ttl = entry.wish.rrset.ttl.seconds();
                    let good = if allowed.is_empty() {
                        (least..=most).contains(&&ttl)
                    } else {
                        allowed.contains(&ttl)
                    };
                    if !good {
                        let processor = quote(&self.name);
                        let message =
                            format!("the TTL {ttl} is not one that the processor {processor} allows");
                        found.push(self.refusal(entry, message, "the processor"));
                    }
                }
            }
            Work::Check => {
                let message = format!("the check of the processor {} is not made", quote(&self.name));
                let warning = Diagnostic::new(Severity::Warning, "octodns/processor", message);
                let help = "keep running that check with octoDNS, or take the processor away";
                found.push(warning.at(self.source.clone()).help(help));
            }
            Work::Unknown(why) => {
                let message = format!(
                    "the processor {} ({}) is not carried over: {why}; {} cannot be planned",
                    quote(&self.name),
                    self.class,
                    unit.apex
                );
                let error = Diagnostic::error("octodns/processor", message).at(self.source.clone());
                found.push(error.help("remove it from the zone, or keep the zone with octoDNS"));
            }
        }
    }
}

/// The types that a class of provider reads and writes; all that octoDNS knows when it is not in the table.
pub(super) fn supported(class: &str) -> Vec<RecordType> {
    let short = class.rsplit('.').next().unwrap_or_default();
    let names: &[&str] = match short {
        "PowerDnsProvider" => &[
            "A",
            "AAAA",
            "ALIAS",
            "CAA",
            "CNAME",
            "DS",
            "HTTPS",
            "LOC",
            "MX",
            "NAPTR",
            "NS",
            "PTR",
            "SSHFP",
            "SRV",
            "SVCB",
            "TLSA",
            "TXT",
            "URI",
            "PowerDnsProvider/LUA",
        ],
        "Rfc2136Provider" | "BindProvider" | "AxfrSource" | "ZoneFileProvider" | "ZoneFileSource" => &[
            "A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "LOC", "MX", "NAPTR", "NS", "PTR", "SPF", "SRV",
            "SSHFP", "SVCB", "TLSA", "TXT",
        ],
        "Route53Provider" => &[
            "A",
            "AAAA",
            "CAA",
            "CNAME",
            "DS",
            "MX",
            "NAPTR",
            "NS",
            "PTR",
            "SPF",
            "SRV",
            "TXT",
            "Route53Provider/ALIAS",
        ],
        _ => &TYPES,
    };
    names.iter().filter_map(|name| super::class::record_type(name)).collect()
}
