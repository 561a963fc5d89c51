using System.Text.RegularExpressions;

namespace BigTech.Tests.Architecture;

public sealed partial class DockerfileTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Repository.Root, "deploy", "docker", "Dockerfile"));

    [Fact]
    public void The_layer_of_the_restore_has_every_project_of_the_product_with_its_lock_file()
    {
        var copied = Lines.Where(line => line.StartsWith("COPY src/", StringComparison.Ordinal)).SelectMany(FilesIn).ToHashSet();
        var wanted = Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .SelectMany(project => new[] { project, Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json") })
            .Concat(Directory.GetFiles(Path.Combine(Repository.Root, "src"), "Directory.Build.props", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Repository.Root, file));

        copied.ShouldBe(wanted, ignoreOrder: true);
    }

    [Fact]
    public void Every_file_that_is_copied_exists_and_is_not_ignored()
    {
        var kept = File.ReadAllLines(Path.Combine(Repository.Root, ".dockerignore"))
            .Where(line => line.StartsWith('!')).Select(line => line[1..]).ToList();
        var copied = Lines.Where(line => line.StartsWith("COPY ", StringComparison.Ordinal)).SelectMany(FilesIn).ToList();

        copied.Count.ShouldBeGreaterThan(20);
        copied.Where(file => !Path.Exists(Path.Combine(Repository.Root, file))).ShouldBeEmpty();
        copied.Where(file => !kept.Exists(keep => file == keep || file.StartsWith($"{keep}/", StringComparison.Ordinal))).ShouldBeEmpty();
    }

    [Fact]
    public void The_program_runs_as_a_number_that_owns_its_data_and_asks_itself_for_its_health()
    {
        Lines.ShouldContain(line => Regex.IsMatch(line, @"^USER [1-9]\d*:[1-9]\d*$"));
        var user = Lines.Single(line => line.StartsWith("USER ", StringComparison.Ordinal))[5..];
        Lines.ShouldContain(line => line.Contains($"--chown={user} ") && line.EndsWith(" /data", StringComparison.Ordinal));
        Lines.ShouldContain(line => line.StartsWith("HEALTHCHECK ", StringComparison.Ordinal)
            && line.EndsWith("CMD [\"dotnet\", \"Server.dll\", \"health\"]", StringComparison.Ordinal));
    }

    /// <summary>The sources of an instruction that copies from the build context.</summary>
    private static IEnumerable<string> FilesIn(string copy) =>
        FromStage().IsMatch(copy) ? [] : copy.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..^1];

    [GeneratedRegex(@"--from=")]
    private static partial Regex FromStage();
}
