using System.Text.RegularExpressions;
using BigTech.Chat.Client;
using BigTech.Tests.Testing;

namespace BigTech.Tests.EndToEnd.Client;

/// <summary>The code of <c>src/Client/README.md</c>, so that it is compiled, and a test that the two are the same.</summary>
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

    internal static async Task Run(IReadOnlyList<OutboxEntry> unsent, SavedSession saved, CancellationTokenSource stopping)
    {
        var stop = stopping.Token;
        using var chat = new ChatClient(new Uri("http://localhost:8000/api/"));
        await chat.Account.Register(new Registration("ann@example.com", "ann", "correct-horse-9"));
        await chat.Account.SignIn("ann@example.com", "correct-horse-9");

        var found = await chat.Users.Search("bob");
        var room = await chat.Rooms.OpenDirect(found.Users[0].Id);
        var message = await chat.Messages.Send(room.Id, "Hello!");
        await chat.Messages.AddReaction(message.Id, "👍");

        chat.Session.Renewed += session => Save(session);
        chat.Session.Ended += () => ShowSignIn();
        chat.Session.Restore(saved);

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

        await using var outbox = new MessageOutbox(chat, unsent);
        outbox.Changed += message => Show(message.Entry, message.State);
        outbox.Add(room.Id, "sent when the network is back");

        // What the program that uses the client would do.
        static void Save(SavedSession session) => Console.WriteLine(session.UserId);
        static void ShowSignIn() => Console.WriteLine("Sign in");
        static void Store(object message) => Console.WriteLine(message);
        static void MoveReadMark(long userId, long seq) => Console.WriteLine($"{userId}: {seq}");
        static void ShowOffline(TimeSpan pause) => Console.WriteLine(pause);
        static void ShowOnline() => Console.WriteLine("Online");
        static void Show(params object[] what) => Console.WriteLine(what);
    }

    /// <summary>The lines without what is around them in a program: indentation, empty lines, using directives.</summary>
    private static string Lines(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim())
        .Where(line => line.Length > 0 && !line.StartsWith("using BigTech", StringComparison.Ordinal)));

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
