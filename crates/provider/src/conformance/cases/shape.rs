//! How a zone changes its shape: values, types, apex, delegations.

use dnsctl_zone::RecordType;

use super::TTL;
use crate::capability::Capabilities;
use crate::conformance::stage::{Edit, Stage};
use crate::conformance::{Case, Failure, Verdict};

/// An RRset by owner name, type and values; without values it is removed.
type Wish = (&'static str, RecordType, &'static [&'static str]);

/// A name, and the steps of it: what is wished for in one go.
type Story = (&'static str, &'static [&'static [Wish]]);

const STORIES: &[Story] = &[
    (
        "values::one_after_the_other",
        &[
            &[("host", RecordType::A, &["192.0.2.1"])],
            &[("host", RecordType::A, &["192.0.2.1", "192.0.2.2"])],
            &[("host", RecordType::A, &["192.0.2.1", "192.0.2.2", "192.0.2.3"])],
            &[("host", RecordType::A, &["192.0.2.1", "192.0.2.3"])],
            &[("host", RecordType::A, &["192.0.2.4", "192.0.2.3"])],
            &[("host", RecordType::A, &["192.0.2.9"])],
            &[("host", RecordType::A, &[])],
        ],
    ),
    (
        "values::all_at_once",
        &[
            &[("host", RecordType::A, &["192.0.2.1", "192.0.2.2", "192.0.2.3"])],
            &[("host", RecordType::A, &["192.0.2.4", "192.0.2.5", "192.0.2.6"])],
            &[("host", RecordType::A, &[])],
        ],
    ),
    (
        "values::duplicates_are_one",
        &[
            &[("host", RecordType::A, &["192.0.2.1", "192.0.2.1"])],
            &[("host", RecordType::AAAA, &["2001:db8::1", "2001:DB8:0::1"])],
            &[("mail", RecordType::MX, &["10 MX1", "10 mx1", "20 mx1"])],
        ],
    ),
    (
        "values::types_side_by_side",
        &[
            &[("host", RecordType::A, &["192.0.2.1"]), ("host", RecordType::MX, &["10 mx1", "20 mx2"])],
            &[("host", RecordType::AAAA, &["2001:db8::1"]), ("host", RecordType::TXT, &["\"x\""])],
            &[("host", RecordType::MX, &["10 mx1"])],
            &[("host", RecordType::A, &[]), ("host", RecordType::TXT, &["\"y\""])],
        ],
    ),
    (
        "type_change::a_to_cname",
        &[
            &[("host", RecordType::A, &["192.0.2.1"]), ("host", RecordType::AAAA, &["2001:db8::1"])],
            &[
                ("host", RecordType::A, &[]),
                ("host", RecordType::AAAA, &[]),
                ("host", RecordType::CNAME, &["target"]),
            ],
        ],
    ),
    (
        "type_change::cname_to_a_and_back",
        &[
            &[("host", RecordType::CNAME, &["target"])],
            &[("host", RecordType::CNAME, &[]), ("host", RecordType::A, &["192.0.2.1"])],
            &[("host", RecordType::A, &[]), ("host", RecordType::CNAME, &["target"])],
            &[("host", RecordType::CNAME, &[])],
        ],
    ),
    (
        "type_change::a_to_mx_to_a",
        &[
            &[("host", RecordType::A, &["192.0.2.1"])],
            &[("host", RecordType::A, &[]), ("host", RecordType::MX, &["10 mx1"])],
            &[("host", RecordType::MX, &[]), ("host", RecordType::A, &["192.0.2.1"])],
        ],
    ),
    (
        "cname::to_the_apex",
        &[
            &[("www", RecordType::CNAME, &["@"])],
            &[("www", RecordType::CNAME, &["elsewhere.example.net."])],
            &[("www", RecordType::CNAME, &["@"])],
        ],
    ),
    (
        "apex::A_and_AAAA",
        &[
            &[("@", RecordType::A, &["192.0.2.1"])],
            &[("@", RecordType::A, &["192.0.2.2"]), ("@", RecordType::AAAA, &["2001:db8::1"])],
            &[("@", RecordType::A, &[]), ("@", RecordType::AAAA, &[])],
        ],
    ),
    (
        "apex::MX",
        &[
            &[("@", RecordType::MX, &["10 mail", "20 backup.example.net."])],
            &[("@", RecordType::MX, &["10 @"])],
            &[("@", RecordType::MX, &[])],
        ],
    ),
    (
        "apex::TXT",
        &[
            &[("@", RecordType::TXT, &["\"v=spf1 mx -all\"", "\"token=1\""])],
            &[("@", RecordType::TXT, &["\"v=spf1 a mx -all\"", "\"token=1\""])],
            &[("@", RecordType::TXT, &[])],
        ],
    ),
    (
        "apex::CAA",
        &[
            &[("@", RecordType::CAA, &["0 issue \"ca.example\""])],
            &[("@", RecordType::CAA, &["0 issue \";\""])],
        ],
    ),
    (
        "apex::NS",
        &[
            &[("@", RecordType::NS, &["ns1.example.net.", "ns2.example.net."])],
            &[
                ("@", RecordType::NS, &["ns1.example.net.", "ns3.example.net.", "ns"]),
                ("ns", RecordType::A, &["192.0.2.1"]),
            ],
        ],
    ),
    (
        "null_mx::at_the_apex",
        &[
            &[("@", RecordType::MX, &["0 ."])],
            &[("@", RecordType::MX, &["10 mail"])],
            &[("@", RecordType::MX, &["0 ."])],
        ],
    ),
    (
        "null_mx::below",
        &[
            &[("host", RecordType::MX, &["10 mail"])],
            &[("host", RecordType::MX, &["0 ."])],
            &[("host", RecordType::MX, &["10 mail"])],
        ],
    ),
    (
        "delegation::with_glue",
        &[
            &[
                ("sub", RecordType::NS, &["ns1.sub", "ns2.example.net."]),
                ("ns1.sub", RecordType::A, &["192.0.2.1"]),
                ("ns1.sub", RecordType::AAAA, &["2001:db8::1"]),
            ],
            &[("sub", RecordType::NS, &["ns1.sub"]), ("ns1.sub", RecordType::A, &["192.0.2.2"])],
            &[
                ("sub", RecordType::NS, &[]),
                ("ns1.sub", RecordType::A, &[]),
                ("ns1.sub", RecordType::AAAA, &[]),
            ],
        ],
    ),
    (
        "delegation::with_DS",
        &[
            &[
                ("sub", RecordType::NS, &["ns1.example.net."]),
                ("sub", RecordType::DS, &["60485 5 1 2bb183af5f22588179a53b0a98631fad1a292118"]),
            ],
            &[(
                "sub",
                RecordType::DS,
                &["60485 13 2 d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a"],
            )],
            &[("sub", RecordType::DS, &[])],
            &[("sub", RecordType::NS, &[])],
        ],
    ),
    (
        "delegation::to_the_apex",
        &[&[("sub", RecordType::NS, &["@"])], &[("sub", RecordType::NS, &["ns.example.net."])]],
    ),
    (
        "mail::of_a_whole_domain",
        &[
            &[
                ("@", RecordType::MX, &["10 mail"]),
                ("@", RecordType::TXT, &["\"v=spf1 mx -all\""]),
                ("_dmarc", RecordType::TXT, &["\"v=DMARC1; p=reject; rua=mailto:dmarc@example.net\""]),
                (
                    "s1._domainkey",
                    RecordType::TXT,
                    &["\"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\""],
                ),
                ("_mta-sts", RecordType::TXT, &["\"v=STSv1; id=20261123\""]),
                ("_smtp._tls", RecordType::TXT, &["\"v=TLSRPTv1; rua=mailto:tls@example.net\""]),
                ("mail", RecordType::A, &["192.0.2.25"]),
                ("mail", RecordType::AAAA, &["2001:db8::25"]),
            ],
            &[
                ("mail", RecordType::A, &["198.51.100.25"]),
                ("@", RecordType::TXT, &["\"v=spf1 mx ip4:192.0.2.25 -all\""]),
            ],
        ],
    ),
];

pub(super) fn cases(capabilities: &Capabilities) -> Vec<Case> {
    let possible = |(_, steps): &&Story| {
        steps.iter().copied().flatten().all(|(owner, rtype, _)| {
            let apex_ns = *owner == "@" && *rtype == RecordType::NS;
            capabilities.takes(*rtype) && (!apex_ns || capabilities.writes_apex_ns)
        })
    };
    let case = |(name, steps): &'static Story| {
        Case::new(*name, move |subject| Box::pin(async move { tell(subject, steps).await }))
    };
    STORIES.iter().filter(possible).map(case).collect()
}

async fn tell(
    subject: &dyn crate::conformance::Subject,
    steps: &'static [&'static [Wish]],
) -> Result<Verdict, Failure> {
    let mut stage = Stage::open(subject).await?;
    // What must stay as it is through all steps.
    let bystander = stage.rrset("bystander", RecordType::TXT, TTL, &["\"not part of it\""])?;
    stage.set(bystander).await?;
    for step in steps {
        let mut edits = Vec::new();
        for (owner, rtype, values) in *step {
            if values.is_empty() {
                edits.push(Edit::Remove(stage.name(owner)?, *rtype));
                continue;
            }
            let rrset = stage.rrset(owner, *rtype, TTL, values)?;
            if let Some(why) = stage.refused(&rrset) {
                return Ok(Verdict::NotApplicable(why));
            }
            edits.push(Edit::Set(rrset));
        }
        stage.apply(edits).await?;
    }
    Ok(Verdict::Passed)
}
