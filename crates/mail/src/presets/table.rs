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
        page: "https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html",
        read: READ,
        basis: "Amazon: DKIM aliases (API reference, VerifyDomainDkim), receiving host (developer guide, receiving-email-mx-record), that a MAIL FROM domain has one MX at 10 and an SPF record (mail-from); the host of the latter as customers publish it",
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
                "the subdomain of a custom MAIL FROM domain, for SPF that is aligned",
            ),
        ],
        receives: Receives::WhenAsked,
        mx: &[(10, "inbound-smtp.{region}.amazonaws.com")],
        // Without a custom MAIL FROM domain SES uses its own, so SPF of the apex has no part in it.
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
        basis: "Fastmail: three CNAME records for the selectors fm1, fm2, fm3; their targets, MX and SPF as customers and fastmail.com itself publish them",
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
        page: "https://support.google.com/a/answer/140034",
        read: READ,
        basis: "Google: MX (its Domain Connect template google.com.gmail-setup); SPF as several sites quote Google's page",
        options: &[optional(
            "mx",
            OptionForm::Words(&[("five", "five"), ("one", "one")]),
            "one",
            "`one` for smtp.google.com alone, which accounts since 2023 are shown; `five` for aspmx and its alternates",
        )],
        receives: Receives::Always,
        mx: &[
            (1, "{mx:five}aspmx.l.google.com"),
            (5, "{mx:five}alt1.aspmx.l.google.com"),
            (5, "{mx:five}alt2.aspmx.l.google.com"),
            (10, "{mx:five}alt3.aspmx.l.google.com"),
            (10, "{mx:five}alt4.aspmx.l.google.com"),
            (1, "{mx:one}smtp.google.com"),
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
        basis: "Apple: SPF (the page), both MX at 10 and a DKIM alias (its Domain Connect template icloud.com.custom_email_domain, where the hosts are variables); names of the hosts as customers publish them",
        options: &[],
        receives: Receives::Always,
        mx: &[(10, "mx01.mail.icloud.com"), (10, "mx02.mail.icloud.com")],
        includes: &["icloud.com"],
        dkim: &[("sig1", "sig1.dkim.{domain}.at.icloudmailadmin.com")],
        records: &[],
    },
    Preset {
        name: "mailbox-org",
        title: "mailbox.org",
        page: "https://kb.mailbox.org/en/private/custom-domains/using-e-mails-with-a-custom-domain",
        read: READ,
        basis: "mailbox.org: SPF and DKIM aliases (knowledge base, page on SPF, DKIM and DMARC); MX as customers publish them",
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
        page: "https://documentation.mailgun.com/docs/mailgun/user-manual/domains/domains-verify",
        read: READ,
        basis: "Mailgun: SPF, MX of both regions and the tracking alias (its documentation on GitHub, mailgun/documentation)",
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
        basis: "Microsoft: SPF, Autodiscover, form of MX and DKIM aliases (its documentation on GitHub, microsoft-365-docs and defender-docs)",
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
        page: "https://migadu.com/guides/",
        read: READ,
        basis: "no page of Migadu could be read: all values as many customers publish them, without a difference; the admin panel shows those of a domain",
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
        basis: "Postmark: SPF and the name of the return path (support article 1113); its target as the description of its API says",
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
        basis: "Proton: SPF (the page); MX as proton.me itself and customers publish them",
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
        basis: "Twilio: three CNAME records with Automated Security (its page, and its Domain Connect template sendgrid.com.domain-auth, where all values are variables); the names of the DKIM aliases as customers publish them",
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
        ],
        receives: Receives::Never,
        mx: &[],
        // Bounces go to the host below the domain, whose SPF is SendGrid's.
        includes: &[],
        dkim: &[("s1", "s1.domainkey.{target}"), ("s2", "s2.domainkey.{target}")],
        records: &[("{host}", RecordType::CNAME, "{target}.")],
    },
    Preset {
        name: "zoho",
        title: "Zoho Mail",
        page: "https://www.zoho.com/mail/help/adminconsole/configure-email-delivery.html",
        read: READ,
        basis: "Zoho: three MX at 10, 20 and 50 (its Domain Connect template zoho.com.zmail_hosting, where hosts and SPF are variables); the hosts as guides and customers publish them",
        options: &[
            required(
                "region",
                OptionForm::Words(&[
                    ("com", "com"),
                    ("eu", "eu"),
                    ("in", "in"),
                    ("com.au", "com.au"),
                    ("jp", "jp"),
                ]),
                "eu",
                "the data centre: what stands behind zoho. in the address of the console",
            ),
            required(
                "include",
                OptionForm::Name,
                "zohomail.eu.",
                "the name behind include: in the SPF record that the console shows",
            ),
        ],
        receives: Receives::Always,
        mx: &[(10, "mx.zoho.{region}"), (20, "mx2.zoho.{region}"), (50, "mx3.zoho.{region}")],
        includes: &["{include}"],
        // Selector and key are made in the console.
        dkim: &[],
        records: &[],
    },
];
