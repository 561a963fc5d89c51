using System.Security.Cryptography;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment.TypeScript;

/// <summary>
/// The package of the TypeScript client, built and checked once in a folder of its own. What it needs of npm is installed beside the build
/// of the tests and is kept.
/// </summary>
internal static class TypeScriptPackage
{
    /// <summary>The folder of its sources.</summary>
    public static string Source { get; } = Path.Combine(Repository.Root, "clients", "typescript");

    private static readonly string[] NotSource = ["node_modules", "dist", "out"];

    private static readonly Lazy<Task<string>> Built = new(Build);

    /// <summary>The folder of the package, with its build.</summary>
    public static Task<string> Folder => Built.Value;

    /// <summary>Runs one file of its tests.</summary>
    /// <param name="name">Such as <c>streams</c>.</param>
    /// <param name="environment">What the tests need to know.</param>
    public static async Task<ToolResult> Test(string name, params (string Name, string Value)[] environment) => await Tool.Run(
        // A failed test leaves its streams open.
        "node",
        [
            "--test", "--test-force-exit", $"--test-timeout={Patience.Long.TotalMilliseconds:F0}",
            Path.Combine(await Folder, "test", "out", $"{name}.test.js"),
        ],
        environment);

    /// <summary>Runs a script of the package.</summary>
    public static async Task<ToolResult> Script(string name, params string[] arguments) => await Tool.Run(
        "npm", ["run", name, "--silent", "--prefix", await Folder, "--", .. arguments]);

    private static async Task<string> Build()
    {
        var modules = await Install();
        var folder = Path.Combine(Repository.Root, "tests", "Deployment", "obj", $"typescript.{Environment.ProcessId}");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        Copy(Source, folder);
        File.CreateSymbolicLink(Path.Combine(folder, "node_modules"), modules);
        foreach (var script in new[] { "build", "check" })
        {
            (await Tool.Run("npm", "run", script, "--silent", "--prefix", folder)).ShouldSucceed();
        }
        return folder;
    }

    private static async Task<string> Install()
    {
        string[] files = [".npmrc", "package.json", "package-lock.json"];
        var content = files.SelectMany(file => File.ReadAllBytes(Path.Combine(Source, file))).ToArray();
        var hash = Convert.ToHexStringLower(SHA256.HashData(content))[..16];
        var folder = Path.Combine(Repository.Root, "tests", "Deployment", "obj", $"typescript-{hash}");
        if (!Directory.Exists(folder))
        {
            var unfinished = Directory.CreateDirectory($"{folder}.{Environment.ProcessId}").FullName;
            foreach (var file in files) File.Copy(Path.Combine(Source, file), Path.Combine(unfinished, file));
            (await Tool.Run("npm", "ci", "--prefix", unfinished, "--ignore-scripts", "--no-audit", "--no-fund")).ShouldSucceed();
            Directory.Move(unfinished, folder);
        }
        return Path.Combine(folder, "node_modules");
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var folder in Directory.GetDirectories(from).Where(folder => !NotSource.Contains(Path.GetFileName(folder))))
        {
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }
}
