using BigTech.Server;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment.Systemd;

public sealed class SystemdTests : IDisposable
{
    private const string Unit = "bigtech-chat@.service";
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "systemd", Unit));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Systemd_takes_the_unit_for_every_role()
    {
        foreach (var target in Roles.All.Select(role => role.Key).Append("all")) (await Verify(Text, target)).ShouldBeEmpty();

        (await Verify(Text.Replace("ProtectHome=", "ProtectHomes="), "all")).ShouldContain("ProtectHomes");
        (await Verify(Text.Replace("Type=exec", "Type=execute"), "all")).ShouldContain("execute");
    }

    [Fact]
    public async Task The_program_can_do_little_beside_its_work()
    {
        (await Security(Text)).ShouldSucceed();

        (await Security(Text.Replace("CapabilityBoundingSet=\n", ""))).ShouldFail();
    }

    [Fact]
    public void It_sets_what_the_program_knows()
    {
        var variables = Text.Split('\n').Where(line => line.StartsWith("Environment=", StringComparison.Ordinal))
            .Select(line => line.Split('=')[1]).ToList();

        variables.Count.ShouldBeGreaterThan(1);
        KnownSettings.UnknownAmong(variables).ShouldBeEmpty();
    }

    /// <summary>What <c>systemd-analyze</c> complains about; it succeeds where it only ignores a line.</summary>
    private async Task<string> Verify(string text, string target)
    {
        // The program is not installed here.
        await Write(text.Replace("/usr/bin/dotnet", "/bin/true"));
        var result = await Tool.Run("systemd-analyze", "verify", _folder[Unit.Replace("@", $"@{target}")]);
        return result.Output + result.Error;
    }

    /// <summary>Fails if more than 1.5 of 10 points of exposure are left.</summary>
    private async Task<ToolResult> Security(string text)
    {
        await Write(text);
        return await Tool.Run("systemd-analyze", "security", "--no-pager", "--offline=true", "--threshold=15", _folder[Unit]);
    }

    private Task Write(string text) => File.WriteAllTextAsync(_folder[Unit], text, TestContext.Current.CancellationToken);
}
