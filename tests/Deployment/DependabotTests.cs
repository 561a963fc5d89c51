using BigTech.Tests.Deployment.Observability;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment;

public sealed class DependabotTests
{
    private const string Below = "/**/*";

    [Fact]
    public void Every_image_of_Kubernetes_is_kept_up_to_date()
    {
        var images = Directory.GetFiles(Path.Combine(Repository.Root, "deploy", "kubernetes"), "*.yaml", SearchOption.AllDirectories)
            .Where(file => File.ReadLines(file).Any(line => line.TrimStart().StartsWith("image: ", StringComparison.Ordinal)))
            .Select(file => $"/{Path.GetRelativePath(Repository.Root, Path.GetDirectoryName(file)!)}").Distinct().ToList();

        images.Count.ShouldBeGreaterThan(6);
        images.Where(folder => !IsWatched(folder)).ShouldBeEmpty();
        IsWatched("/deploy/elsewhere").ShouldBeFalse();
    }

    private static bool IsWatched(string folder) =>
        (from update in Yaml.List(Yaml.Parse(File.ReadAllText(Path.Combine(Repository.Root, ".github", "dependabot.yml"))), "updates")
         where Yaml.Text(update, "package-ecosystem") == "docker"
         from watched in Yaml.List(update, "directories").Cast<string>()
         select watched.EndsWith(Below, StringComparison.Ordinal)
             ? folder.StartsWith($"{watched[..^Below.Length]}/", StringComparison.Ordinal)
             : folder == watched).Any(isIt => isIt);
}
