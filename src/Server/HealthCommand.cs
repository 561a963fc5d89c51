using System.Net;
using BigTech.BuildingBlocks.Web.Services;

namespace BigTech.Server;

/// <summary>
/// The command <c>health</c>: asks a running server whether it is ready. An image without a shell has no other program that could.
/// </summary>
internal static class HealthCommand
{
    private const string ReadyPath = "/health/ready";
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    /// <returns>0 when it is ready; 1, with the reason on the error output, when it is not.</returns>
    public static async Task<int> Run(Uri url)
    {
        using var http = new HttpClient(ServiceConnections.NewHandler(AnswerWithin)) { Timeout = AnswerWithin };
        try
        {
            using var answer = await http.GetAsync(url);
            if (answer.IsSuccessStatusCode) return 0;
            var reason = await answer.Content.ReadAsStringAsync();
            return Fail($"{url} answered {(int)answer.StatusCode}: {reason}");
        }
        catch (HttpRequestException error)
        {
            return Fail($"{url} could not be asked: {error.Message}");
        }
        catch (TaskCanceledException)
        {
            return Fail($"{url} did not answer within {AnswerWithin.TotalSeconds} s.");
        }
    }

    /// <summary>Where a server that listens at an address answers: one that listens at all of them is asked on this machine.</summary>
    public static Uri UrlOf(Uri listening)
    {
        var url = new UriBuilder(listening) { Path = ReadyPath };
        if (IPAddress.TryParse(listening.Host.Trim('[', ']'), out var address))
        {
            if (address.Equals(IPAddress.Any)) url.Host = IPAddress.Loopback.ToString();
            if (address.Equals(IPAddress.IPv6Any)) url.Host = $"[{IPAddress.IPv6Loopback}]";
        }
        return url.Uri;
    }

    /// <summary>A given address, to which the path is added if it has none; null if it is no HTTP address.</summary>
    public static Uri? UrlFrom(string given)
    {
        if (!Uri.TryCreate(given, UriKind.Absolute, out var url)) return null;
        if (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps) return null;
        return url.AbsolutePath == "/" ? UrlOf(url) : url;
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine(message.ReplaceLineEndings(" "));
        return 1;
    }
}
