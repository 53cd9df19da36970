//! SPF.

use super::faults;
use super::world::World;
use dnsctl_mail::resolve::Resolver as _;
use dnsctl_mail::spf::{
    self, Evaluation, Limits, Qualifier, Question, Record, Selection, SpfResult, TermKind, evaluate,
    evaluate_with, flatten, walk,
};
use dnsctl_zone::Name;
use std::net::IpAddr;

/// A record: faults lie in it, and a valid one is written and read again as the same. The same for the text as an explanation.
pub fn spf_record(text: &[u8]) {
    let parsed = spf::parse(text);
    faults(&parsed.faults, text);
    assert_eq!(parsed.record.is_some(), spf::is_spf(text), "parse and is_spf do not agree");
    if let Some(fault) = spf::near_miss(text) {
        assert!(parsed.record.is_none(), "a record is no near miss");
        faults(&[fault], text);
    }
    let kinds =
        |record: &Record| record.terms.iter().map(|term| term.kind.clone()).collect::<Vec<TermKind>>();
    if let Some(record) = parsed.record.as_ref().filter(|_| parsed.is_valid()) {
        let written = record.to_string();
        let again = spf::parse(written.as_bytes());
        assert!(again.is_valid(), "{written:?} is not valid: {:?}", again.faults);
        assert_eq!(again.record.as_ref().map(kinds), Some(kinds(record)), "{written:?}");
    }
    let (explanation, found) = spf::parse_explanation(text);
    let errors = found.iter().any(dnsctl_mail::Fault::is_error);
    if !errors {
        let written = explanation.to_string();
        let (again, found) = spf::parse_explanation(written.as_bytes());
        assert_eq!((again, found.is_empty()), (explanation, true), "{written:?}");
    }
}

/// The questions that a check may ask: ten terms with ten names each, the addresses of the client's names, an explanation
/// (RFC 7208 section 4.6.4).
const MOST_QUESTIONS: usize = 300;

/// A check in a world: it ends within its limits, never needs more than the walk of the record says, and agrees with the
/// networks into which the record is flattened.
pub fn spf_check(octets: &[u8]) {
    let world = World::new(octets);
    let question = Question {
        ip: world.ip,
        helo: &world.helo,
        mail_from: &world.mail_from,
        receiver: "mx.example.org",
        now: 1_700_000_000,
    };
    let limited = evaluate(&world, &question);
    assert!(world.asked.get() <= MOST_QUESTIONS, "{} questions", world.asked.get());
    assert!(limited.lookups <= 11 && limited.void_lookups <= 3, "{limited:?}");
    let unknown = limited.result == SpfResult::Undecided;
    assert!(!unknown || !limited.unknown.is_empty(), "undecided, and nothing is unknown: {limited:?}");
    let domain = world.mail_from.rsplit_once('@').map_or(world.mail_from.as_str(), |(_, domain)| domain);
    // Names of SPF have no escapes, so a name that needs one is not what the check asks for.
    if domain.contains('\\') || domain.starts_with('[') {
        return;
    }
    let Ok(name) = Name::absolute(domain) else { return };
    let texts = world.texts(&name);
    let Selection::One(text) = spf::select(texts.values()) else { return };
    if name.label_count() > 1 {
        compare(&world, &question, &limited, &name, text);
    }
}

fn compare(world: &World, question: &Question<'_>, limited: &Evaluation, domain: &Name, text: &[u8]) {
    let tree = walk(world, domain, text);
    assert!(!tree.to_string().is_empty(), "the tree is printed");
    assert!(
        tree.endless || limited.lookups <= tree.lookups || varies(&tree),
        "a check needs {} lookups, and the walk knows of {}\n{tree}",
        limited.lookups,
        tree.lookups
    );
    let flat = flatten(world, domain, text);
    for record in flat.records(Qualifier::SoftFail, 450) {
        let written = record.to_string();
        assert!(spf::parse(written.as_bytes()).is_valid(), "{written}");
    }
    let networks = &flat.networks;
    assert!(networks.is_sorted(), "{networks:?}");
    // Beyond the limits of receivers, the record says what its networks say.
    let limits = Limits { lookups: 100, void_lookups: usize::MAX, ..Limits::default() };
    let free = evaluate_with(world, question, limits);
    let decided = !matches!(free.result, SpfResult::TempError | SpfResult::PermError | SpfResult::Undecided);
    if flat.is_complete() && tree.parsed.is_valid() && decided && !tree.endless {
        let ip = world.ip.to_canonical();
        let listed = networks.iter().any(|network| holds(network.address, network.length, ip));
        let passes = free.result == SpfResult::Pass;
        assert_eq!(passes, listed, "{ip} is {:?}, and the networks are {networks:?}\n{tree}", free.result);
    }
}

/// Whether a term asks for another name for each client: the walk does not follow it.
fn varies(tree: &spf::Tree) -> bool {
    let mut found = false;
    tree.each(&mut |_, branch| {
        found |= branch.problems.contains(&spf::Problem::Varies)
            || branch.problems.contains(&spf::Problem::NotWalked);
    });
    found
}

fn holds(network: IpAddr, length: u8, ip: IpAddr) -> bool {
    let bits = |ip: IpAddr| match ip {
        IpAddr::V4(ip) => (u128::from(ip.to_bits()), 32_u32),
        IpAddr::V6(ip) => (ip.to_bits(), 128_u32),
    };
    let ((network, size), (ip, other)) = (bits(network), bits(ip));
    let below = size.saturating_sub(u32::from(length));
    size == other && (network ^ ip).checked_shr(below).unwrap_or(0) == 0
}
