//! Shell lines for the unmodified `prisma1` (`prisma1-cli-and-cloud.md` §4): which variables to set for which way of
//! reaching a cloud.

/// A way to point `prisma1` at a cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Way F: projects that say `http://localhost:4466`, with the home workspace's secret. No login.
    Home,
    /// Way D: endpoints of the form `http://127.0.0.2:4466/workspace~service/stage`, after `prisma1 login`.
    Cloud,
    /// Way A: the original addresses (`https://eu1.prisma.sh/…`) through the cloud as a plain-HTTP proxy.
    Proxy,
}

/// What must be known of a cloud.
#[derive(Debug, Clone, Copy)]
pub struct Cloud<'a> {
    /// `http://localhost:4466`.
    pub default_region_origin: &'a str,
    /// Management secret of the home workspace.
    pub home_secret: &'a str,
}

impl Way {
    /// Reads a way's name.
    pub fn parse(name: &str) -> Result<Way, String> {
        match name {
            "home" => Ok(Way::Home),
            "cloud" => Ok(Way::Cloud),
            "proxy" => Ok(Way::Proxy),
            other => Err(format!("'{other}' is not a way; there are home, cloud and proxy")),
        }
    }
}

/// Advice that belongs to every way with a session key: where the old CLI sends it.
const HOSTS_ADVICE: &str = "\
# With a stored session key the old CLI also talks to api.cloud.prisma.sh and stats.prismagraphql.com, whose owners are
# gone, and sends them that key. These lines in /etc/hosts keep it here:
#   127.0.0.1 api.cloud.prisma.sh
#   127.0.0.1 stats.prismagraphql.com
";

/// Lines to be read by a shell: `eval \"$(refract env cloud)\"`.
pub fn shell_lines(way: Way, cloud: &Cloud<'_>) -> String {
    let origin = cloud.default_region_origin;
    let private = origin.replacen("//localhost", "//127.0.0.2", 1);
    match way {
        Way::Home => format!(
            "# prisma.yml: endpoint: {origin} (or {origin}/service/stage)\n\
             export PRISMA_MANAGEMENT_API_SECRET={}\n",
            cloud.home_secret
        ),
        Way::Cloud => format!(
            "# then: prisma1 login, and in prisma.yml: endpoint: {private}/WORKSPACE~SERVICE/STAGE\n\
             # For a service of another region set CLOUD_API_ENDPOINT to /cloud of that region's origin.\n\
             {HOSTS_ADVICE}\
             export CLOUD_API_ENDPOINT={origin}/cloud\n\
             export CONSOLE_ENDPOINT=dev\n\
             export STATS_ENDPOINT={origin}/cloud\n"
        ),
        Way::Proxy => format!(
            "# then: prisma1 login, and in prisma.yml: endpoint: https://eu1.prisma.sh/WORKSPACE/SERVICE/STAGE\n\
             {HOSTS_ADVICE}\
             export NODE_OPTIONS=--no-experimental-fetch\n\
             export HTTP_PROXY={origin}\n\
             export HTTPS_PROXY={origin}\n\
             export CONSOLE_ENDPOINT=dev\n\
             export STATS_ENDPOINT={origin}/cloud\n\
             unset CLOUD_API_ENDPOINT\n"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_sets_its_variables_and_nothing_else_runs() {
        let cloud = Cloud { default_region_origin: "http://localhost:4466", home_secret: "s3cr3t" };
        for (way, expected) in [
            ("home", "export PRISMA_MANAGEMENT_API_SECRET=s3cr3t"),
            ("cloud", "export CLOUD_API_ENDPOINT=http://localhost:4466/cloud"),
            ("proxy", "export HTTPS_PROXY=http://localhost:4466"),
        ] {
            let lines = shell_lines(Way::parse(way).unwrap(), &cloud);
            assert!(lines.lines().any(|l| l == expected), "{lines}");
            let harmless = |l: &str| {
                l.starts_with("# ") || l.starts_with("#   ") || l.starts_with("export ") || l.starts_with("unset ")
            };
            assert!(lines.lines().all(harmless), "{lines}");
        }
        assert!(shell_lines(Way::Cloud, &cloud).contains("http://127.0.0.2:4466/WORKSPACE~SERVICE/STAGE"));
        assert!(Way::parse("g").is_err());
    }
}
