using System.Globalization;
using System.Text.Json;

namespace BigTech.Tests.EndToEnd;

/// <summary>
/// What <c>/openapi.json</c> promises of errors and events. Every error and every event that any scenario gets is compared with it: clients
/// are made from the description, and do not expect what it does not name.
/// </summary>
public static class DescribedApi
{
    private static readonly Lazy<Task<Described[]>> Operations = new(Read);

    /// <summary>Fails if the operation describes no error with this code at its status.</summary>
    public static async Task Check(HttpMethod method, Uri url, Answer answer)
    {
        if (answer.ContentType?.MediaType != "application/problem+json" || method == HttpMethod.Head) return;
        var code = answer.Json.GetProperty("code").GetString()!;
        // A defect, such as one that a test has caused, is in no description.
        if (answer.Status == 500) return;
        // The routing has found no operation, although the path has the shape of one.
        if (code is "not_found" or "method_not_allowed") return;
        if (await Find(method.Method, url) is not { } operation) return;
        operation.Codes.ShouldContain((answer.Status, code), $"{operation} does not describe {answer}: add it to its Describe(...)");
    }

    /// <summary>Fails if the stream describes no event of this name.</summary>
    public static async Task Check(Uri url, IEnumerable<string> events)
    {
        var operation = (await Find("GET", url)).ShouldNotBeNull(url.ToString());
        foreach (var name in events)
            operation.Events.ShouldContain(name, $"{operation} does not describe the event {name}: add it to its type of events");
    }

    private static async Task<Described?> Find(string method, Uri url)
    {
        var path = url.AbsolutePath.StartsWith("/api/", StringComparison.Ordinal) ? url.AbsolutePath[4..] : url.AbsolutePath;
        var segments = path.TrimEnd('/').Split('/');
        return (await Operations.Value).Where(operation => operation.Method == method && operation.Matches(segments))
            .MinBy(operation => operation.Path.Count(character => character == '{'));
    }

    private static async Task<Described[]> Read()
    {
        await using var server = await ServerProcess.Start();
        var document = (await server.Anonymous.Get("/openapi.json")).ShouldBe(200).Json;
        return
        [
            .. from path in document.GetProperty("paths").EnumerateObject()
               from operation in path.Value.EnumerateObject()
               let answers = operation.Value.GetProperty("responses").EnumerateObject().ToList()
               select new Described(
                   operation.Name.ToUpperInvariant(), path.Name,
                   [.. answers.SelectMany(answer => Examples(document, answer.Value, "application/problem+json")
                       .Select(code => (int.Parse(answer.Name, CultureInfo.InvariantCulture), code.Name)))],
                   [.. answers.SelectMany(answer => Examples(document, answer.Value, "text/event-stream"))
                       .Select(example => Resolve(document, example.Value).GetProperty("value").GetProperty("event").GetString()!)]),
        ];
    }

    private static JsonElement.ObjectEnumerator Examples(JsonElement document, JsonElement answer, string mediaType) =>
        Resolve(document, answer).TryGetProperty("content", out var content) && content.TryGetProperty(mediaType, out var media)
            ? media.GetProperty("examples").EnumerateObject()
            : default;

    /// <summary>What a reference refers to; anything else is itself.</summary>
    public static JsonElement Resolve(JsonElement document, JsonElement element) =>
        element.TryGetProperty("$ref", out var reference)
            ? reference.GetString()!.Split('/').Skip(1).Aggregate(document, (part, name) => part.GetProperty(name))
            : element;

    private sealed record Described(string Method, string Path, HashSet<(int Status, string Code)> Codes, HashSet<string> Events)
    {
        private readonly string[] _segments = Path.Split('/');

        public bool Matches(string[] segments) => segments.Length == _segments.Length
            && _segments.Zip(segments).All(pair => pair.First.StartsWith('{') || pair.First == pair.Second);

        public override string ToString() => $"{Method} {Path}";
    }
}
