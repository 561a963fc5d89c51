using System.Text;
using BigTech.BuildingBlocks.Web.Telemetry;

namespace BigTech.Tests.Unit.BuildingBlocks;

public sealed class LogWriterTests
{
    [Fact]
    public void Lines_of_many_threads_arrive_whole_and_none_is_lost_at_the_end()
    {
        using var output = new MemoryStream();
        var writer = new LogWriter(output);
        Parallel.For(0, 20_000, i => writer.Write(Encoding.UTF8.GetBytes($"line {i}\n"), isUrgent: i % 100 == 0));

        writer.Dispose();

        Lines(output).Order(StringComparer.Ordinal)
            .ShouldBe(Enumerable.Range(0, 20_000).Select(i => $"line {i}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_line_arrives_without_another_that_follows()
    {
        using var output = new Output();
        using var writer = new LogWriter(output);

        writer.Write("one\n"u8, isUrgent: false);

        await Eventually.Holds(() => output.Text == "one\n", "the only line");
        writer.Write("two\n"u8, isUrgent: true);
        await Eventually.Holds(() => output.Text == "one\ntwo\n", "the next one");
    }

    [Fact]
    public async Task The_end_waits_until_all_lines_are_written()
    {
        using var output = new Output();
        var writer = new LogWriter(output);
        output.Close(true);
        writer.Write("one\n"u8, isUrgent: true);
        await Eventually.Holds(() => output.IsWaiting, "a write that does not end");
        writer.Write("two\n"u8, isUrgent: false);

        var atTheEnd = "";
        var ending = new Thread(() =>
        {
            writer.Dispose();
            atTheEnd = output.Text;
        });
        ending.Start();
        await Eventually.Holds(
            () => ending.ThreadState.HasFlag(ThreadState.WaitSleepJoin) || !ending.IsAlive, "the end waits, or does not");
        output.Close(false);
        ending.Join();
        atTheEnd.ShouldBe("one\ntwo\n");
    }

    [Fact]
    public void A_line_after_the_end_is_written_at_once()
    {
        using var output = new MemoryStream();
        var writer = new LogWriter(output);
        writer.Dispose();

        writer.Write("late\n"u8, isUrgent: false);

        Lines(output).ShouldBe(["late"]);
    }

    [Fact]
    public async Task An_output_that_takes_nothing_makes_writers_wait_and_loses_nothing()
    {
        using var output = new Output();
        using var writer = new LogWriter(output);
        var line = Encoding.UTF8.GetBytes(new string('x', 99_999) + '\n');
        const int lines = 100;
        output.Close(true);

        var writing = Task.Run(() =>
        {
            for (var i = 0; i < lines; i++) writer.Write(line, isUrgent: false);
        }, TestContext.Current.CancellationToken);

        await Eventually.Holds(() => output.IsWaiting, "a write that does not end");
        writing.IsCompleted.ShouldBeFalse();
        output.Close(false);
        await writing;
        await Eventually.Holds(() => output.Text.Length == lines * line.Length, "all lines");
    }

    private static string[] Lines(MemoryStream output) =>
        Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>An output that another thread reads, and that can be closed for writes.</summary>
    private sealed class Output : MemoryStream
    {
        private readonly Lock _gate = new();
        private readonly ManualResetEventSlim _isOpen = new(true);

        public bool IsWaiting { get; private set; }

        public string Text
        {
            get
            {
                lock (_gate) return Encoding.UTF8.GetString(ToArray());
            }
        }

        public void Close(bool isClosed)
        {
            if (isClosed) _isOpen.Reset();
            else _isOpen.Set();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            IsWaiting = !_isOpen.IsSet;
            _isOpen.Wait();
            lock (_gate) base.Write(buffer);
        }

        protected override void Dispose(bool disposing)
        {
            _isOpen.Dispose();
            base.Dispose(disposing);
        }
    }
}
