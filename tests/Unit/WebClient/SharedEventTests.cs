using System.Text;
using BigTech.WebClient.Browser;

namespace BigTech.Tests.Unit.WebClient;

/// <summary>What one tab passes on to the others: whole events, in their order, wherever the network cuts them.</summary>
public sealed class SharedEventTests
{
    private const string Events = "id: 1\nevent: ready\ndata: {}\n\n: heartbeat\n\nid: 2\nevent: room\ndata: {\"name\":\"방\"}\n\n";

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Whole_events_are_passed_on(int chunk)
    {
        var (passed, ended) = (new List<string>(), 0);
        var bytes = new MemoryStream(Encoding.UTF8.GetBytes(Events + "id: 3\nda"));
        await using var stream = new PassedOnStream(bytes, passed.Add, () => ended++);

        while (await stream.ReadAsync(new byte[chunk], TestContext.Current.CancellationToken) > 0)
        {
            passed.ShouldAllBe(events => events.EndsWith("\n\n", StringComparison.Ordinal));
        }

        string.Concat(passed).ShouldBe(Events);
        ended.ShouldBe(1);
    }

    [Fact]
    public async Task Another_tab_reads_them_until_the_end()
    {
        var received = new ReceivedEvents();
        received.Write("too early"u8.ToArray());
        received.Begin();
        received.Write(Encoding.UTF8.GetBytes(Events));
        received.End();

        using var reader = new StreamReader(received.Stream);
        (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldBe(Events);
    }
}
