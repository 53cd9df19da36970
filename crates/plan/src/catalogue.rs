//! All rules of plans, for `dnsctl explain` and for reading plan files.

use crate::guard::{self, About};
use dnsctl_zone::{Evidence, Reference, Rule};

/// What a plan tells that is not a guard.
pub const OTHERS: &[Rule] = &[
    guard::count::DELETE_TOTAL,
    OLD_ANSWER_LIVES,
    MISSING,
    NO_NAME_SERVERS,
    LOSES,
    READ_ONLY,
    REFUSES,
    ORDER,
    HALFWAY,
    HIDDEN,
    SENDER,
    STS_GIVEN_UP,
    STS_HELD,
    KEY_REPLACED,
    POLICY_UNKNOWN,
    NOT_CHECKED,
    UNUSED,
    EXPIRED,
];

/// All rules: the guards, then the others.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    guard::ALL.iter().map(|guard| &guard.rule).chain(OTHERS)
}

/// How a rule is acknowledged: what it is about. `None` for a rule that cannot be.
pub fn acknowledged_at(rule: &Rule) -> Option<About> {
    guard::ALL.iter().find(|guard| guard.rule.id == rule.id).map(|guard| guard.about)
}

/// `ttl/old-answer-lives`.
pub const OLD_ANSWER_LIVES: Rule = Rule {
    id: "ttl/old-answer-lives",
    title: "an old answer lives on after the apply",
    why: "Resolvers keep what they were given until its TTL ends, so some of the world uses the old record that long. Whatever \
          it leads to must work until then: the old mail server, the old key, the old name servers. A lower TTL in the same \
          change holds only for new answers.",
    fix: "Keep the old service running for the time that is told. Before a planned move, lower the TTL in a change of its own \
          and wait for the old TTL to pass.",
    example: "ttl/old-answer-lives  203.0.113.25 can be answered for up to 24 h after apply; keep its services running until \
              then",
    references: &[Reference::Rfc(1035, "3.2.1"), Reference::Rfc(2308, "5")],
    evidence: &[Evidence::Files, Evidence::Provider],
};

/// `zone/missing`.
pub const MISSING: Rule = Rule {
    id: "zone/missing",
    title: "the provider does not have the zone",
    why: "A zone that is missing may be one with another spelling, or at another provider or account. A new zone that nobody \
          delegated to answers nobody.",
    fix: "Check the name and the provider. Create the zone at the provider, or write \"create: true\" into its file.",
    example: "zone/missing  the provider \"main\" has no zone abc-corp.example",
    references: &[],
    evidence: &[Evidence::Files, Evidence::Provider],
};

/// `zone/no-name-servers`.
pub const NO_NAME_SERVERS: Rule = Rule {
    id: "zone/no-name-servers",
    title: "a zone is created without NS records at its apex",
    why: "Every zone names its own servers at its apex. BIND does not load a file without them (\"has no NS records\"), and \
          where another server does, nobody can delegate to it by what it says of itself.",
    fix: "Declare the NS records at the apex: the names that the parent zone delegates to.",
    example: "zone/no-name-servers  abc-corp.example would be created without NS records at its apex; BIND does not load such \
              a zone",
    references: &[Reference::Rfc(1034, "4.2.1"), Reference::Rfc(1035, "5.2")],
    evidence: &[Evidence::Files, Evidence::Provider],
};

/// `zone/loses`.
pub const LOSES: Rule = Rule {
    id: "zone/loses",
    title: "a write loses something that is no record",
    why: "Some providers write a zone as a whole. A master file that people keep by hand has comments and a layout of its own, \
          and these are gone when it is written again.",
    fix: "Keep a copy, or move the comments to the zone file of dnsctl, where they stay.",
    example: "zone/loses  not kept by a write: the comments and the layout of abc-corp.example.zone (12 comments, the first on line 9)",
    references: &[],
    evidence: &[Evidence::Provider],
};

/// `zone/read-only`.
pub const READ_ONLY: Rule = Rule {
    id: "zone/read-only",
    title: "the provider gives the zone to be read only",
    why: "A secondary zone or one that the provider manages itself takes no changes: they belong to where it comes from.",
    fix: "Make the change at the primary server of the zone, or name that as the provider.",
    example: "zone/read-only  the provider \"main\" does not let this zone be written: it is a secondary zone",
    references: &[],
    evidence: &[Evidence::Provider],
};

/// `provider/refuses`.
pub const REFUSES: Rule = Rule {
    id: "provider/refuses",
    title: "the provider cannot keep a wanted record",
    why: "Providers lack types, TTLs or values. A write would end in the middle of the plan, so it is told before.",
    fix: "Write the record as the provider takes it, or leave it out there (\"only\" names the providers that get a record).",
    example: "provider/refuses  the provider \"main\" cannot keep this: it has no record type LOC",
    references: &[],
    evidence: &[Evidence::Files, Evidence::Provider],
};

/// `plan/order`.
pub const ORDER: Rule = Rule {
    id: "plan/order",
    title: "the order of a saved plan does not fit the zone any more",
    why: "What must be written first depends on what is there: an address that a wildcard gave, a name that hides it. When \
          that has changed since the plan was made, the order that was shown could leave mail without an address for a \
          while, so the plan is stale.",
    fix: "Make a new plan: dnsctl plan --out plan.json.",
    example: "plan/order  abc-corp.example MX must be written after mail.abc-corp.example A, as the zone is now, and the \
              plan has it before",
    references: &[],
    evidence: &[Evidence::Provider],
};

/// `plan/halfway`.
pub const HALFWAY: Rule = Rule {
    id: "plan/halfway",
    title: "mail breaks for the time between two steps",
    why: "Changes are written one after the other, and an apply can stop in between. The order is such that mail works at every \
          step where that is possible. Here it is not: neither what is there before nor what is there after is wrong, but what \
          is there between them is.",
    fix: "Split the change: add the new beside the old, apply, wait for the old TTL to pass, then take the old away.",
    example: "plan/halfway  until abc-corp.example MX is written as well, mail.abc-corp.example, an MX of abc-corp.example, \
              has no address (mx.target-address)",
    references: &[Reference::Rfc(5321, "5.1")],
    evidence: &[Evidence::Files, Evidence::Provider],
};

/// `plan/hidden`.
pub const HIDDEN: Rule = Rule {
    id: "plan/hidden",
    title: "something new hides what mail used",
    why: "A wildcard answers only for names that do not exist: with any record of its own a name loses the MX that the wildcard \
          gave it. And below a delegation only the servers of the other zone are asked: the addresses here are given to nobody.",
    fix: "Write the MX at the name as well; give the host its addresses in the zone that is delegated to.",
    example: "plan/hidden  sales.abc-corp.example exists with this change, so that the wildcard MX answers for it no more: it has \
              no MX",
    references: &[Reference::Rfc(4592, "2.2.2"), Reference::Rfc(1034, "4.2.1")],
    evidence: &[Evidence::Files, Evidence::Provider],
};

/// `plan/mta-sts-given-up`.
pub const STS_GIVEN_UP: Rule = Rule {
    id: "plan/mta-sts-given-up",
    title: "MTA-STS is given up while senders may hold its policy",
    why: "Senders keep a policy for as long as its max_age says. In mode enforce they deliver nothing to a host that it does not \
          name or that has no valid certificate, and without the record they do not learn that the policy is gone. What the \
          policy says stands in no zone, so this is told whatever its mode is.",
    fix: "First serve a policy with mode none, publish its id (mail.mta_sts.mode: none does), and wait until the max_age of the \
          policy before is over; then remove the record, and the host with it or later.",
    example: "plan/mta-sts-given-up  senders that hold the MTA-STS policy of abc-corp.example keep to it until its max_age is \
              over, which can be a year: unless its mode is none by then, they deliver only to hosts that it names",
    references: &[Reference::Rfc(8461, "8.3"), Reference::Rfc(8461, "3.2")],
    evidence: &[Evidence::Files, Evidence::Provider],
};

/// `plan/mta-sts-held`.
pub const STS_HELD: Rule = Rule {
    id: "plan/mta-sts-held",
    title: "a new MX may not be in the MTA-STS policy that senders hold",
    why: "In mode enforce senders deliver nothing to a host that the policy does not name, and they fetch it again only when the \
          id of the record changes or its max_age is over. The policy stands in no zone, so whether it names the new host is \
          not known; where mail.mta_sts says what the policy is, rules judge it.",
    fix: "First serve a policy that names the new hosts too and publish a new id; change the MX records a day later. Where the \
          policy names them already, nothing is to be done.",
    example: "plan/mta-sts-held  mail2.abc-corp.example becomes an MX of abc-corp.example, whose MTA-STS record stays as it is: \
              senders that hold a policy in mode enforce deliver nothing there unless it names that host",
    references: &[Reference::Rfc(8461, "3.3"), Reference::Rfc(8461, "4.1")],
    evidence: &[Evidence::Files, Evidence::Provider],
};

/// `plan/key-replaced`.
pub const KEY_REPLACED: Rule = Rule {
    id: "plan/key-replaced",
    title: "a key takes the place of another one at once",
    why: "Whoever signs mail or presents a certificate cannot change at the same moment as the record, and resolvers keep the \
          old answer for its TTL. Mail that was signed with the old DKIM key and is on its way is verified with the new one \
          and fails. Where no TLSA record stays, senders that use DANE refuse the host, whichever certificate it presents. Two \
          selectors, or the records of both certificates side by side, have no such time.",
    fix: "Publish the new key at another selector, let the signer change to it, and remove the old selector some days later.",
    example: "plan/key-replaced  s1._domainkey.abc-corp.example gets another DKIM key: mail signed with the old one, also mail on \
              its way now, fails from then on, and mail of a signer that does not change at the same moment",
    references: &[Reference::Rfc(6376, "3.6.1"), Reference::Rfc(6698, "4.1"), Reference::Rfc(7671, "8.1")],
    evidence: &[Evidence::Files, Evidence::Provider],
};

/// `plan/policy-unknown`.
pub const POLICY_UNKNOWN: Rule = Rule {
    id: "plan/policy-unknown",
    title: "a DMARC policy or a DKIM key is elsewhere after",
    why: "The name becomes an alias, an alias gets another target, or the zone is delegated, and what stands there is not held \
          here. It may be a weaker policy, or none, so that forged mail passes; or a stricter one, so that mail of this domain \
          is refused. It may be another key, or none, so that signatures fail.",
    fix: "Ask for the record there before this is applied (dig TXT), and compare it with the one that goes.",
    example: "plan/policy-unknown  the DMARC policy of abc-corp.example was reject and is not known here after this change: it is \
              what stands where _dmarc.abc-corp.example leads",
    references: &[Reference::Rfc(6376, "3.6.1"), Reference::Rfc(9989, "4.8")],
    evidence: &[Evidence::Files, Evidence::Provider],
};

/// `plan/not-checked`.
pub const NOT_CHECKED: Rule = Rule {
    id: "plan/not-checked",
    title: "a zone that was not asked for could not be looked at",
    why: "A plan of some zones is judged with the others of the repository, since an MX of theirs can lead to what changes here, \
          and a new MX here to what they have. What could not be read may be broken by the plan, or may not have what it needs.",
    fix: "Make the plan again when the zone can be read, or its files are valid (dnsctl check); or look for yourself.",
    example: "plan/not-checked  infra.example has to do with these changes and could not be read, so what becomes of it, or \
              what it has for them, is not known: the provider \"main\" cannot be reached",
    references: &[],
    evidence: &[Evidence::Files, Evidence::Provider],
};

/// `plan/sender`.
pub const SENDER: Rule = Rule {
    id: "plan/sender",
    title: "someone who most likely sends mail loses the SPF pass",
    why: "Before the change receivers let this mail pass, after it they do not: they refuse it, or sort it out. Nobody \
          declares who sends, so it is told of those who most likely do. Hosts that take the mail of a domain mostly send it, \
          too; one that gets another address, or comes in place of all others, is measured by what was there. A term that \
          leads to another organisation stands for a service that somebody hired. A host that stays where it is, and a network \
          that is taken out while nothing comes in, had their reason to be in the record. Only the files can say that one of \
          them does not send; where mail.senders says who does, this is not asked.",
    fix: "Let the SPF record name it as well; or declare who sends under mail.senders.",
    example: "plan/sender  192.0.2.25 (mail.abc-corp.example), which takes mail for abc-corp.example, loses its SPF pass with this \
              change: receivers then say fail",
    references: &[Reference::Rfc(7208, "2.6")],
    evidence: &[Evidence::Files, Evidence::Provider],
};

/// `guard/unused-acknowledgement`.
pub const UNUSED: Rule = Rule {
    id: "guard/unused-acknowledgement",
    title: "an acknowledgement lets nothing pass",
    why: "It was meant for a change that this plan does not have, so it may let something pass later that nobody looked at. \
          When it can never fit, or this plan changes its place and the guard does not object, it is a mistake and blocks. \
          When this plan has no change at its place, its change was applied or taken back: then it is only a warning, so \
          that it does not block another change.",
    fix: "Remove it from the zone file once its change is applied, or correct its rule or place.",
    example: "guard/unused-acknowledgement  the acknowledgement of guard/last-mx for @ MX is used up or not needed: this plan \
              has no such change",
    references: &[],
    evidence: &[Evidence::Files, Evidence::Provider],
};

/// `guard/expired-acknowledgement`.
pub const EXPIRED: Rule = Rule {
    id: "guard/expired-acknowledgement",
    title: "an acknowledgement is past its last day",
    why: "An exception has an end, so that somebody decides again. Where its guard still objects, the plan is blocked. Where \
          nothing needs it any more it is a warning, so that it does not block another change.",
    fix: "Give it a later date after another look, or remove it from the zone file.",
    example: "guard/expired-acknowledgement  the acknowledgement of guard/last-mx for @ MX ended on 2026-11-22",
    references: &[],
    evidence: &[Evidence::Files],
};

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_rule_is_explained_once() {
        let ids: BTreeSet<_> = rules().map(|rule| rule.id).collect();
        assert_eq!(ids.len(), rules().count());
        for rule in rules() {
            assert!(rule.id.contains('/') && rule.example.starts_with(rule.id), "{}", rule.id);
            assert!(
                !rule.title.ends_with('.') && rule.why.ends_with('.') && rule.fix.ends_with('.'),
                "{}",
                rule.id
            );
            assert!(!rule.evidence.is_empty(), "{}", rule.id);
        }
    }
}
