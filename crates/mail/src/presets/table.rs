//! The table.

use super::{OptionForm, Preset, PresetOption, Receives};
use dnsctl_zone::RecordType;

const READ: &str = "2026-11-23";

const fn required(
    name: &'static str,
    form: OptionForm,
    example: &'static str,
    doc: &'static str,
) -> PresetOption {
    PresetOption { name, doc, example, form, required: true }
}

const fn optional(
    name: &'static str,
    form: OptionForm,
    example: &'static str,
    doc: &'static str,
) -> PresetOption {
    PresetOption { name, doc, example, form, required: false }
}

/// All presets, by name.
pub const ALL: &[Preset] = &[
    Preset {
        name: "amazon-ses",
        title: "Amazon SES",
        page: "https://docs.aws.amazon.com/ses/latest/dg/receiving-email-mx-record.html",
        read: READ,
        basis: "Amazon: DKIM aliases (API reference, VerifyDomainDkim; developer guide, easy-dkim-dns-records), the receiving host (developer guide, receiving-email-mx-record), the records of a custom MAIL FROM domain (the construct EmailIdentity of its aws-cdk)",
        options: &[
            required("region", OptionForm::Label, "eu-west-1", "the AWS region of the identity"),
            required(
                "dkim",
                OptionForm::Labels,
                "[token1, token2, token3]",
                "the Easy DKIM tokens that the console shows: what stands before ._domainkey",
            ),
            optional(
                "mail_from",
                OptionForm::Label,
                "bounce",
                "the name below the domain for bounces (custom MAIL FROM domain), for SPF that is aligned",
            ),
        ],
        receives: Receives::WhenAsked,
        mx: &[(10, "inbound-smtp.{region}.amazonaws.com")],
        // SES sends with a MAIL FROM domain of its own or below the apex, so SPF of the apex has no part in it.
        includes: &[],
        dkim: &[("{dkim}", "{dkim}.dkim.amazonses.com")],
        records: &[
            ("{mail_from}", RecordType::MX, "10 feedback-smtp.{region}.amazonses.com."),
            ("{mail_from}", RecordType::TXT, "v=spf1 include:amazonses.com ~all"),
        ],
    },
    Preset {
        name: "fastmail",
        title: "Fastmail",
        page: "https://www.fastmail.help/hc/en-us/articles/360060591153",
        read: READ,
        basis: "Fastmail: CNAME records for the selectors fm1, fm2 and fm3 (the page). Their targets and SPF as fastmail.com itself publishes them; MX as others quote from its help pages",
        options: &[],
        receives: Receives::Always,
        mx: &[(10, "in1-smtp.messagingengine.com"), (20, "in2-smtp.messagingengine.com")],
        includes: &["spf.messagingengine.com"],
        dkim: &[
            ("fm1", "fm1.{domain}.dkim.fmhosted.com"),
            ("fm2", "fm2.{domain}.dkim.fmhosted.com"),
            ("fm3", "fm3.{domain}.dkim.fmhosted.com"),
        ],
        records: &[],
    },
    Preset {
        name: "google-workspace",
        title: "Google Workspace",
        page: "https://github.com/Domain-Connect/Templates/blob/master/google.com.gmail-setup.json",
        read: READ,
        basis: "Google: MX (the Domain Connect template that it publishes). SPF as others quote from its help page support.google.com/a/answer/33786, which could not be read. Accounts since 2023 are shown smtp.google.com alone: write `mx: { 1: smtp.google.com. }` for that",
        options: &[],
        receives: Receives::Always,
        mx: &[
            (1, "aspmx.l.google.com"),
            (5, "alt1.aspmx.l.google.com"),
            (5, "alt2.aspmx.l.google.com"),
            (10, "alt3.aspmx.l.google.com"),
            (10, "alt4.aspmx.l.google.com"),
        ],
        includes: &["_spf.google.com"],
        // The key is made in the console: `dkim: { google: { public: … } }`.
        dkim: &[],
        records: &[],
    },
    Preset {
        name: "icloud",
        title: "iCloud Mail",
        page: "https://support.apple.com/102374",
        read: READ,
        basis: "Apple: SPF (the page); two MX at 10 and one DKIM alias (the Domain Connect template icloud.com.custom_email_domain, where the names are variables, so they are options here)",
        options: &[
            required(
                "mx1",
                OptionForm::Name,
                "mx01.mail.icloud.com.",
                "the first mail server that iCloud shows",
            ),
            required(
                "mx2",
                OptionForm::Name,
                "mx02.mail.icloud.com.",
                "the second mail server that iCloud shows",
            ),
            required(
                "dkim",
                OptionForm::Name,
                "sig1.dkim.example.com.at.icloudmailadmin.com.",
                "what sig1._domainkey is an alias of, as iCloud shows it",
            ),
        ],
        receives: Receives::Always,
        mx: &[(10, "{mx1}"), (10, "{mx2}")],
        includes: &["icloud.com"],
        dkim: &[("sig1", "{dkim}")],
        records: &[],
    },
    Preset {
        name: "mailbox-org",
        title: "mailbox.org",
        page: "https://kb.mailbox.org/en/private/custom-domains/using-e-mails-with-a-custom-domain",
        read: READ,
        basis: "mailbox.org: SPF and DKIM aliases (the knowledge base, page on SPF, DKIM and DMARC). The hosts of the MX as customers publish them: mostly three, with the preferences 10, 10 and 20; some have a fourth, mxext4.mailbox.org",
        options: &[],
        receives: Receives::Always,
        mx: &[(10, "mxext1.mailbox.org"), (10, "mxext2.mailbox.org"), (20, "mxext3.mailbox.org")],
        includes: &["mailbox.org"],
        dkim: &[
            ("mbo0001", "mbo0001._domainkey.mailbox.org"),
            ("mbo0002", "mbo0002._domainkey.mailbox.org"),
            ("mbo0003", "mbo0003._domainkey.mailbox.org"),
            ("mbo0004", "mbo0004._domainkey.mailbox.org"),
        ],
        records: &[],
    },
    Preset {
        name: "mailgun",
        title: "Mailgun",
        page: "https://documentation.mailgun.com/docs/mailgun/user-manual/domains/domains-verify.md",
        read: READ,
        basis: "Mailgun: SPF, MX and the tracking alias (the page); the same of the region eu (its repository github.com/mailgun/documentation, user manual and api-intro)",
        options: &[
            optional(
                "region",
                OptionForm::Words(&[("us", ""), ("eu", ".eu")]),
                "eu",
                "the region of the domain: us or eu",
            ),
            optional(
                "tracking",
                OptionForm::Label,
                "email",
                "the name below the domain for opens and clicks",
            ),
        ],
        receives: Receives::WhenAsked,
        mx: &[(10, "mxa{region}.mailgun.org"), (10, "mxb{region}.mailgun.org")],
        includes: &["mailgun.org"],
        // Selector and key are made in the control panel.
        dkim: &[],
        records: &[
            ("{tracking}", RecordType::CNAME, "{region:us}mailgun.org."),
            ("{tracking}", RecordType::CNAME, "{region:eu}eu.mailgun.org."),
        ],
    },
    Preset {
        name: "microsoft-365",
        title: "Microsoft 365",
        page: "https://learn.microsoft.com/en-us/microsoft-365/enterprise/external-domain-name-system-records",
        read: READ,
        basis: "Microsoft: SPF, Autodiscover, form of the MX (the page) and of the DKIM aliases (email-authentication-dkim-configure)",
        options: &[
            required(
                "mx",
                OptionForm::Name,
                "example-com.mail.protection.outlook.com.",
                "the host that the admin center shows for the domain",
            ),
            optional(
                "dkim1",
                OptionForm::Name,
                "selector1-example-com._domainkey.example.a-v1.dkim.mail.microsoft.",
                "what selector1._domainkey is an alias of, as the Defender portal shows it",
            ),
            optional(
                "dkim2",
                OptionForm::Name,
                "selector2-example-com._domainkey.example.a-v1.dkim.mail.microsoft.",
                "what selector2._domainkey is an alias of",
            ),
        ],
        receives: Receives::Always,
        mx: &[(0, "{mx}")],
        includes: &["spf.protection.outlook.com"],
        dkim: &[("selector1", "{dkim1}"), ("selector2", "{dkim2}")],
        records: &[("autodiscover", RecordType::CNAME, "autodiscover.outlook.com.")],
    },
    Preset {
        name: "migadu",
        title: "Migadu",
        page: "https://gist.github.com/tennox/f2836fb57e2ac3b54c0c044b7777eb35",
        read: READ,
        basis: "Nothing of Migadu could be read. Its records as this and more than ten other customers publish them, all alike. The TXT record hosted-email-verify, which its admin panel shows, is not part of it",
        options: &[],
        receives: Receives::Always,
        mx: &[(10, "aspmx1.migadu.com"), (20, "aspmx2.migadu.com")],
        includes: &["spf.migadu.com"],
        dkim: &[
            ("key1", "key1.{domain}._domainkey.migadu.com"),
            ("key2", "key2.{domain}._domainkey.migadu.com"),
            ("key3", "key3.{domain}._domainkey.migadu.com"),
        ],
        records: &[],
    },
    Preset {
        name: "postmark",
        title: "Postmark",
        page: "https://postmarkapp.com/support/article/1113-how-do-i-manage-domains-using-the-api",
        read: READ,
        basis: "Postmark: the name of the return path and its target (the page, answer of the API)",
        options: &[optional(
            "return_path",
            OptionForm::Label,
            "pm-bounces",
            "the name below the domain for bounces, for SPF that is aligned",
        )],
        receives: Receives::Never,
        mx: &[],
        // Bounces go to a name of Postmark or to the return path, whose SPF is Postmark's.
        includes: &[],
        dkim: &[],
        records: &[("{return_path}", RecordType::CNAME, "pm.mtasv.net.")],
    },
    Preset {
        name: "proton",
        title: "Proton Mail",
        page: "https://proton.me/support/anti-spoofing-custom-domain",
        read: READ,
        basis: "Proton: SPF (the page). MX as proton.me itself publishes them",
        options: &[
            optional(
                "dkim1",
                OptionForm::Name,
                "protonmail.domainkey.dabc.domains.proton.ch.",
                "what protonmail._domainkey is an alias of, as the domain settings show it",
            ),
            optional(
                "dkim2",
                OptionForm::Name,
                "protonmail2.domainkey.dabc.domains.proton.ch.",
                "what protonmail2._domainkey is an alias of",
            ),
            optional(
                "dkim3",
                OptionForm::Name,
                "protonmail3.domainkey.dabc.domains.proton.ch.",
                "what protonmail3._domainkey is an alias of",
            ),
        ],
        receives: Receives::Always,
        mx: &[(10, "mail.protonmail.ch"), (20, "mailsec.protonmail.ch")],
        includes: &["_spf.protonmail.ch"],
        dkim: &[("protonmail", "{dkim1}"), ("protonmail2", "{dkim2}"), ("protonmail3", "{dkim3}")],
        records: &[],
    },
    Preset {
        name: "sendgrid",
        title: "Twilio SendGrid",
        page: "https://www.twilio.com/docs/sendgrid/ui/account-and-settings/how-to-set-up-domain-authentication",
        read: READ,
        basis: "Twilio: three CNAME records with Automated Security (the page; the Domain Connect template sendgrid.com.domain-auth, where all values are variables, so they are options here)",
        options: &[
            required(
                "host",
                OptionForm::Label,
                "em1234",
                "the name below the domain that the dashboard shows first",
            ),
            required(
                "target",
                OptionForm::Name,
                "u1234567.wl123.sendgrid.net.",
                "what that name is an alias of",
            ),
            required(
                "dkim1",
                OptionForm::Name,
                "s1.domainkey.u1234567.wl123.sendgrid.net.",
                "what s1._domainkey is an alias of",
            ),
            required(
                "dkim2",
                OptionForm::Name,
                "s2.domainkey.u1234567.wl123.sendgrid.net.",
                "what s2._domainkey is an alias of",
            ),
        ],
        receives: Receives::Never,
        mx: &[],
        // Bounces go to the host below the domain, whose SPF is SendGrid's.
        includes: &[],
        dkim: &[("s1", "{dkim1}"), ("s2", "{dkim2}")],
        records: &[("{host}", RecordType::CNAME, "{target}.")],
    },
    Preset {
        name: "zoho",
        title: "Zoho Mail",
        page: "https://www.zoho.com/mail/help/adminconsole/configure-email-delivery.html",
        read: READ,
        basis: "Zoho: three MX at 10, 20 and 50 (the Domain Connect template zoho.com.zmail_hosting, where the names are variables, so they are options here). They differ between its data centres",
        options: &[
            required("mx1", OptionForm::Name, "mx.zoho.eu.", "the first mail server that the console shows"),
            required(
                "mx2",
                OptionForm::Name,
                "mx2.zoho.eu.",
                "the second mail server that the console shows",
            ),
            required("mx3", OptionForm::Name, "mx3.zoho.eu.", "the third mail server that the console shows"),
            required(
                "include",
                OptionForm::Name,
                "zohomail.eu.",
                "the name behind include: in the SPF record that the console shows",
            ),
        ],
        receives: Receives::Always,
        mx: &[(10, "{mx1}"), (20, "{mx2}"), (50, "{mx3}")],
        includes: &["{include}"],
        // Selector and key are made in the console.
        dkim: &[],
        records: &[],
    },
];
