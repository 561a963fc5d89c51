using System.Text.RegularExpressions;
using BigTech.Chat.Client;
using BigTech.Tests.Testing;
using BigTech.Tests.Unit.Client;

namespace BigTech.Tests.Unit.Contracts;

/// <summary>The description of topics and streams that the server gives out.</summary>
public sealed partial class AsyncApiTests
{
    private static readonly string Golden = Path.Combine(Repository.Root, "src", "Server", "asyncapi.json");
    private static readonly string Made = Path.Combine(AppContext.BaseDirectory, "asyncapi.json");

    [Fact]
    public void The_file_is_as_the_code_says()
    {
        var made = AsyncApiDocument.Make();

        File.WriteAllText(Made, made);
        made.ShouldBe(File.ReadAllText(Golden), $"If that is wanted, copy {Made} over it.");
    }

    [Fact]
    public void The_page_for_client_authors_names_the_same_events()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations", "streams.md"));
        var named = page.Split('\n').Where(line => line.StartsWith('|')).Select(line => string.Concat(line.Split('|').Take(3)))
            .SelectMany(cells => EventName().Matches(cells)).Select(match => match.Groups[1].Value).ToHashSet();

        var described = AsyncApiDocument.Streams.SelectMany(stream => stream.Events).Select(one => one.Name).Distinct().ToList();
        described.Except(named).ShouldBeEmpty();
        named.Where(name => name.Contains('.', StringComparison.Ordinal)).Except(described).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_client_knows_every_event()
    {
        var events = AsyncApiDocument.Streams.SelectMany(stream => stream.Events).ToList();
        using var server = new StubServer();
        server.Streams(string.Concat(events.Select(one => $"event: {one.Name}\ndata: {{}}\n\n")));
        var read = new List<Type>();

        await foreach (var change in server.Client(TimeProvider.System).Streams.AllRooms(ct: TestContext.Current.CancellationToken))
        {
            if (change is StreamInterrupted) break;
            read.Add(change.GetType());
        }

        read.ShouldBe(events.Select(one => one.Data));
    }

    [GeneratedRegex("`([a-z]+(?:\\.[a-z]+)?)`")]
    private static partial Regex EventName();
}
