using System.Text.RegularExpressions;

namespace BigTech.Tests.Architecture;

/// <summary>
/// No test asserts seconds on a machine that it shares with other work, and none sleeps for a fixed time: tests wait for conditions, with
/// the limits of <c>Patience</c>. <c>bench/Promises</c> measures what the product promises in seconds.
/// </summary>
public sealed partial class TestTimeTests
{
    private static readonly string[] Exempt =
    [
        // The code that waits.
        "Testing/Eventually.cs",
        // A signal that may get lost is awaited for a limited time and then requested again.
        "EndToEnd/Harness/SseClient.cs",
        // A handler that must run for longer than a broker waits for a member.
        "Integration/Events/KafkaConsumerFaultTests.cs",
        // Allows for elapsed time on a clock that the test cannot set.
        "Integration/Users/LoginThrottleContract.cs",
        "Architecture/TestTimeTests.cs",
    ];

    [Fact]
    public void No_test_asserts_or_sleeps_seconds()
    {
        var tests = Path.Combine(Repository.Root, "tests");
        var files = Directory.EnumerateFiles(tests, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(tests, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !Exempt.Contains(file))
            .ToList();

        files.Count.ShouldBeGreaterThan(150);
        files.SelectMany(file => Violations(file, File.ReadAllText(Path.Combine(tests, file)))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("var started = Stopwatch.GetTimestamp();")]
    [InlineData("watch.Elapsed.ShouldBeLessThan(limit);")]
    [InlineData("(DateTimeOffset.UtcNow - since).ShouldBeGreaterThan(limit);")]
    [InlineData("seen.ShouldBe(closedAt, TimeSpan.FromSeconds(2));")]
    [InlineData($"await {nameof(Task)}.{nameof(Task.Delay)}(1000);")]
    [InlineData($"{nameof(Thread)}.{nameof(Thread.Sleep)}(1000);")]
    [InlineData("await task.WaitAsync(TimeSpan.FromSeconds(2), Ct);")]
    [InlineData("signal.Wait(TimeSpan.FromSeconds(2)).ShouldBeTrue();")]
    [InlineData("limit.CancelAfter(TimeSpan.FromSeconds(2));")]
    [InlineData("await stream.WaitFor(e => e.IsMessage, \"a message\", TimeSpan.FromSeconds(2));")]
    [InlineData("await Eventually.Holds(() => isThere, \"it is there\", TimeSpan.FromSeconds(2));")]
    [InlineData("await Eventually.Holds(\n    () => isThere, \"it is there\",\n    TimeSpan.FromSeconds(2));")]
    [InlineData("private static readonly TimeSpan Promise = TimeSpan.FromSeconds(2); // await stream.WaitForEnd(TimeSpan.FromSeconds(2));")]
    public void The_rule_finds(string planted) => Violations("Planted.cs", planted).ShouldHaveSingleItem();

    [Theory]
    [InlineData("_time.Advance(TimeSpan.FromSeconds(2));")]
    [InlineData("way.Limit = TimeSpan.FromMilliseconds(200);")]
    [InlineData("await Eventually.Holds(() => isThere, \"it is there\", Patience.Long);")]
    public void The_rule_lets_pass(string line) => Violations("Planted.cs", line).ShouldBeEmpty();

    private static IEnumerable<string> Violations(string file, string text) =>
        RealTime().Matches(text).Select(found => $"{file}:{text.AsSpan(0, found.Index).Count('\n') + 1}: {found.Value}");

    [GeneratedRegex(
        @"\bStopwatch\b|\bElapsed\.Should|UtcNow - \w+\)?\.Should|\.Should\w+\([^;]*, TimeSpan\.FromSeconds" +
        @"|\bTask\.Delay\(|\bThread\.Sleep\(|\b(WaitAsync|Wait|CancelAfter|WaitFor\w*|WaitUntil|Holds|Ends)\(([^;]*,\s+)?TimeSpan\.From")]
    private static partial Regex RealTime();
}
