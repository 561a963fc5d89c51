using System.Diagnostics;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment;

/// <summary>What a program of the system wrote until it ended.</summary>
internal sealed record ToolResult(string Command, int ExitCode, string Output, string Error)
{
    /// <summary>Its standard output, if it ended with 0.</summary>
    public string ShouldSucceed()
    {
        ExitCode.ShouldBe(0, $"{Command}\n{Output}\n{Error}");
        return Output;
    }

    /// <summary>All that it wrote, if it ended with another code than 0.</summary>
    public string ShouldFail()
    {
        ExitCode.ShouldNotBe(0, $"{Command}\n{Output}\n{Error}");
        return Output + Error;
    }
}

/// <summary>
/// A script of the repository, or a program of the system that checks a file, such as <c>promtool</c>. One that is missing fails the test.
/// </summary>
internal static class Tool
{
    /// <summary>Runs it in the root of the repository until it ends.</summary>
    public static Task<ToolResult> Run(string program, params IEnumerable<string> arguments) => Run(program, arguments, []);

    /// <summary>Runs it in the root of the repository, with these environment variables, until it ends.</summary>
    public static async Task<ToolResult> Run(
        string program, IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment)
    {
        using var process = new Process
        {
            // A path is one of the repository, a name one of the PATH.
            StartInfo = new ProcessStartInfo(program.Contains('/') ? Path.Combine(Repository.Root, program) : program, arguments)
            {
                WorkingDirectory = Repository.Root,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        foreach (var (name, value) in environment) process.StartInfo.Environment[name] = value;
        process.Start();
        process.StandardInput.Close();
        // Some of them build the product.
        using var limit = new CancellationTokenSource(Patience.Long * 3);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        var command = $"{program} {string.Join(' ', process.StartInfo.ArgumentList)}";
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return new ToolResult(command, process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"It did not end: {command}");
        }
    }
}
