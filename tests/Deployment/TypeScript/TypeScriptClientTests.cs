using BigTech.Tests.EndToEnd;

namespace BigTech.Tests.Deployment.TypeScript;

/// <summary>The TypeScript client in Node against the real server. What is tested is in <c>clients/typescript/test</c>.</summary>
public sealed class TypeScriptClientTests
{
    [Theory]
    [InlineData("api")]
    [InlineData("session")]
    [InlineData("streams")]
    [InlineData("following")]
    [InlineData("outbox")]
    [InlineData("answers")]
    [InlineData("readme")]
    public async Task Its_own_tests_pass(string name)
    {
        await using var server = await ControlledServer.Start();

        (await TypeScriptPackage.Test(name, server.Environment)).ShouldSucceed().ShouldContain("# fail 0");
    }

    [Fact]
    public void No_file_of_tests_is_left_out()
    {
        var files = Directory.GetFiles(Path.Combine(TypeScriptPackage.Source, "test"), "*.test.ts");
        var named = typeof(TypeScriptClientTests).GetMethod(nameof(Its_own_tests_pass))!.GetCustomAttributes(false)
            .OfType<InlineDataAttribute>().Select(data => $"{data.Data.Single()}.test.ts");
        files.Select(Path.GetFileName).ShouldBe(named, ignoreOrder: true);
    }

    [Fact]
    public async Task The_types_are_those_of_the_servers_description()
    {
        await using var server = await ServerProcess.Start();
        using var folder = new TemporaryFolder();

        (await TypeScriptPackage.Script("generate", $"{server.Url()}api/openapi.json", folder["schema.ts"])).ShouldSucceed();

        File.ReadAllText(Path.Combine(await TypeScriptPackage.Folder, "src", "schema.ts")).ShouldBe(
            File.ReadAllText(folder["schema.ts"]), "build/typescript-types.sh makes it anew");
    }

    [Fact]
    public void Its_files_are_as_short_as_those_of_the_server()
    {
        var files = Directory.GetFiles(Path.Combine(TypeScriptPackage.Source, "src"), "*.ts", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(Path.Combine(TypeScriptPackage.Source, "test"), "*.ts"))
            .Where(file => Path.GetFileName(file) is not ("schema.ts" or "readme-samples.ts")).ToList();
        files.Count.ShouldBeGreaterThan(25);
        files.Where(file => File.ReadAllLines(file) is var lines && (lines.Length > 400 || lines.Any(line => line.Length > 140)))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Its_lock_file_names_no_registry() =>
        File.ReadAllText(Path.Combine(TypeScriptPackage.Source, "package-lock.json")).ShouldNotContain("\"resolved\"");
}
