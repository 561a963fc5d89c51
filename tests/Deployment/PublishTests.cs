using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using BigTech.Tests.Deployment.Image;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment;

/// <summary>The program of a release, on a machine that has no .NET.</summary>
[Collection(nameof(Publishing))]
public sealed class PublishTests
{
    /// <summary>What the web client may cost its first visit.</summary>
    private const long MaxClientBytes = 3_000_000;

    [Fact]
    public async Task The_published_program_needs_nothing_but_its_folder()
    {
        var stop = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        (await Tool.Run("build/publish.sh", "linux-x64", folder["made"])).ShouldSucceed();
        var archive = Directory.GetFiles(folder["made"], "*.tar.gz").ShouldHaveSingleItem();
        (await Tool.Run("sh", "-c", $"cd '{folder["made"]}' && sha256sum --check *.sha256")).ShouldSucceed();
        Directory.CreateDirectory(folder["machine"]);
        await using (var packed = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress))
        {
            await TarFile.ExtractToDirectoryAsync(packed, folder["machine"], overwriteFiles: false, stop);
        }

        Directory.EnumerateFiles(folder["machine"], "*.br", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length)
            .ShouldBeInRange(MaxClientBytes / 2, MaxClientBytes, "all files of the web client as they are sent");

        var (clients, metrics) = (Loopback.FreePort(), Loopback.FreePort());
        using var server = new Process
        {
            StartInfo = new ProcessStartInfo(
                Path.Combine(folder["machine"], Path.GetFileName(archive)[..^".tar.gz".Length], "Server"),
                ["--urls", $"http://127.0.0.1:{clients};metrics=http://127.0.0.1:{metrics}", "--data-dir", folder["data"]])
            {
                WorkingDirectory = folder["machine"],
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        // Neither a PATH to a .NET nor a variable of one.
        server.StartInfo.Environment.Clear();
        server.Start();
        try
        {
            // What it writes is not needed, but a full pipe would stop it.
            _ = server.StandardOutput.ReadToEndAsync(stop);
            var errors = server.StandardError.ReadToEndAsync(stop);
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{clients}") };
            await Eventually.Holds(() => IsReady(http, server, errors), "a ready server", Patience.Long);

            var account = new { email = "ann@example.com", username = "ann", password = "quiet-harbour-7", display_name = "안나" };
            (await http.PostAsJsonAsync("/api/auth/register", account, stop)).StatusCode.ShouldBe(HttpStatusCode.Created);
            (await http.GetStringAsync("/", stop)).ShouldContain("_framework/blazor.webassembly.js");
            http.DefaultRequestHeaders.AcceptEncoding.ParseAdd("br");
            using var runtime = await http.GetAsync("/_framework/dotnet.js", stop);
            runtime.EnsureSuccessStatusCode().Content.Headers.ContentEncoding.ShouldBe(["br"], "the web client is published, compressed");
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task<bool> IsReady(HttpClient http, Process server, Task<string> errors)
    {
        if (server.HasExited) throw new InvalidOperationException($"It ended with {server.ExitCode}: {await errors}");
        try
        {
            return (await http.GetAsync("/health/ready")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
