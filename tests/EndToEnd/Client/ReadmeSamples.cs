using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using BigTech.Chat.Client;
using BigTech.Tests.Testing;

namespace BigTech.Tests.EndToEnd.Client;

/// <summary>The code of <c>src/Client/README.md</c>, so that it is compiled and run, and a test that the two are the same.</summary>
public sealed partial class ReadmeSamples
{
    [Fact]
    public void The_code_of_the_readme_is_compiled()
    {
        var compiled = Lines(File.ReadAllText(Path.Combine(Repository.Root, "tests", "EndToEnd", "Client", "ReadmeSamples.cs")));
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "src", "Client", "README.md"));
        var samples = CodeBlock().Matches(readme).Select(match => Lines(match.Groups[1].Value)).ToList();

        samples.Count.ShouldBeGreaterThan(4);
        foreach (var sample in samples) compiled.ShouldContain(sample);
    }

    [Fact]
    public async Task The_code_of_the_readme_runs()
    {
        await using var server = await ServerProcess.Start();
        Uri.Server = server.Url().ToString();
        await SignUp("bob");

        await Calls(async (chat, room) =>
        {
            using var stopping = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            RestoreSession(chat, chat.Session.Current.ShouldNotBeNull());
            var following = Follow(chat, room, stopping.Token);
            await Eventually.Holds(() => _told.Contains("online"), "the stream");
            await SendLater(chat, room, [], () => _told.Contains("sent when the network is back"));

            var history = await chat.Messages.List(room.Id, ct: TestContext.Current.CancellationToken);
            history.Messages.Select(message => message.Content).ShouldBe(["sent when the network is back", "Hello!"]);
            await stopping.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(following);
        });
    }

    private static async Task SignUp(string name)
    {
        using var chat = new ChatClient(new Uri("http://localhost:8000/api/"));
        await chat.Account.Register(
            new Registration($"{name}@example.com", name, "correct-horse-9"), TestContext.Current.CancellationToken);
    }

    private static async Task Calls(Func<ChatClient, BigTech.Chat.Client.Room, Task> goOn)
    {
        using var chat = new ChatClient(new Uri("http://localhost:8000/api/"));
        await chat.Account.Register(new Registration("ann@example.com", "ann", "correct-horse-9"));
        await chat.Account.SignIn("ann@example.com", "correct-horse-9");

        var found = await chat.Users.Search("bob");
        var room = await chat.Rooms.OpenDirect(found.Users[0].Id);
        var message = await chat.Messages.Send(room.Id, "Hello!");
        await chat.Messages.AddReaction(message.Id, "👍");
        await goOn(chat, room);
    }

    private void RestoreSession(ChatClient chat, SavedSession saved)
    {
        chat.Session.Renewed += session => Save(session);
        chat.Session.Ended += () => ShowSignIn();
        chat.Session.Restore(saved);
    }

    private async Task Follow(ChatClient chat, BigTech.Chat.Client.Room room, CancellationToken stop)
    {
        await foreach (var change in chat.Streams.FollowRoom(room.Id, stop))
        {
            switch (change)
            {
                case RoomSnapshot snapshot: Show(snapshot.Page.Messages); break;
                case MessageChanged changed: Store(changed.Message); break;
                case ReadPositionChanged read: MoveReadMark(read.UserId, read.ReadSeq); break;
                case StreamInterrupted { Error: not null } lost: ShowOffline(lost.RetryAfter); break;
                case StreamReady: ShowOnline(); break;
            }
        }
    }

    private async Task SendLater(
        ChatClient chat, BigTech.Chat.Client.Room room, IReadOnlyList<OutboxEntry> unsent, Func<bool> isSent)
    {
        await using var outbox = new MessageOutbox(chat, unsent);
        outbox.Changed += message => Show(message.Entry, message.State);
        outbox.Add(room.Id, "sent when the network is back");
        await Eventually.Holds(isSent, "the message of the outbox");
    }

    // What the program that uses the client would do.
    private readonly ConcurrentQueue<string> _told = [];

    private void Store(BigTech.Chat.Client.Message message) => Tell(message.Content);

    private void ShowOnline() => Tell("online");

    private void Save(SavedSession session) => Tell(session.UserId);

    private void ShowSignIn() => Tell("sign in");

    private void MoveReadMark(long userId, long seq) => Tell(userId, seq);

    private void ShowOffline(TimeSpan pause) => Tell("offline", pause);

    private void Show(params object[] what) => Tell(what.Length);

    private void Tell(params object[] what) => _told.Enqueue(string.Join(' ', what));

    /// <summary>The address of the samples, at which the test has its own server.</summary>
    private sealed class Uri(string address)
        : System.Uri(address.Replace("http://localhost:8000/", Server, StringComparison.Ordinal))
    {
        public static string Server { get; set; } = "";
    }

    /// <summary>The lines without what is around them in a program: indentation, empty lines, using directives.</summary>
    private static string Lines(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim())
        .Where(line => line.Length > 0 && !line.StartsWith("using BigTech", StringComparison.Ordinal)));

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
