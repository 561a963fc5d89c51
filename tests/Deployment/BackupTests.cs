using System.Text.RegularExpressions;
using BigTech.Tests.Deployment.Compose;
using BigTech.Tests.Deployment.Kubernetes;
using BigTech.Tests.EndToEnd;
using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment;

/// <summary>The backups of <c>docs/operations/backup.md</c>, made of a server in use, and restored.</summary>
public sealed class BackupTests
{
    private const string Page = "docs/operations/backup.md";

    [Fact]
    public async Task The_data_folder_is_backed_up_while_it_is_used_and_restored()
    {
        var commands = DocumentedCommands.Under(Page, "## One process");
        commands.Count.ShouldBe(2);
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.Start();
        Directory.CreateSymbolicLink(folder["data"], server.Data.Path);
        var before = await Conversation.Of(server);

        await before.GoesOnDuring(async () => (await DocumentedCommands.Run(commands[0], folder.Path)).ShouldSucceed());

        await server.Kill9();
        // The server of the tests has one folder for its life: its files make room in place of the folder.
        (await DocumentedCommands.Run("mkdir kept && mv data/* kept && cp -r backup/. data/", folder.Path)).ShouldSucceed();
        await server.Restart();
        await before.ShouldBeBackOn(server);
    }

    [Fact]
    public void The_folder_that_is_restored_takes_the_place_of_the_damaged_one() =>
        DocumentedCommands.Under(Page, "## One process")[1].ShouldBe("mv data data.damaged\ncp -r backup data");

    [Fact]
    public async Task MariaDB_is_backed_up_while_it_is_used_and_restored()
    {
        var commands = DocumentedCommands.Under(Page, "## MariaDB");
        commands.Count.ShouldBe(2);
        using var folder = new TemporaryFolder();
        using var maria = new MariaDbServer();
        maria.Start(durable: false);
        File.WriteAllText(folder[".my.cnf"], $"[client]\nhost=127.0.0.1\nport={maria.Port}\nuser=root\nprotocol=tcp\n");
        var home = ("HOME", folder.Path);
        await using var server = await ServerProcess.Start(
            ("Sql__Engine", "mysql"), ("Sql__ConnectionString", maria.ConnectionString));
        var before = await Conversation.Of(server);

        await before.GoesOnDuring(async () => (await DocumentedCommands.Run(commands[0], folder.Path, home)).ShouldSucceed());

        await server.Kill9();
        (await DocumentedCommands.Run(commands[1], folder.Path, home)).ShouldSucceed();
        await server.Restart();
        await before.ShouldBeBackOn(server);
    }

    /// <summary>A server with GTIDs refuses its own dump otherwise: it would set those of transactions that it has.</summary>
    [Fact]
    public void Every_dump_of_MySQL_leaves_out_the_GTIDs_that_its_server_has()
    {
        var server = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "kubernetes", "components", "mysql", "server.cnf"));
        server.ShouldContain("gtid_mode = ON", customMessage: "Without GTIDs the option may go.");
        var dumps = Directory.GetFiles(Path.Combine(Repository.Root, "docs", "operations"), "*.md").SelectMany(File.ReadLines)
            .Where(line => line.Contains("mysqldump -", StringComparison.Ordinal)).ToList();

        dumps.ShouldNotBeEmpty();
        foreach (var dump in dumps) dump.ShouldContain(" --set-gtid-purged=OFF ");
        DocumentedCommands.Under(Page, "## MySQL")[0].ShouldContain("mysqldump -");
    }

    /// <summary>
    /// Documents of notifications must not be newer than the SQL that decides about them, Notification not newer than Chat, whose events it
    /// reads, and no message of Chat's SQL may be missing among the documents.
    /// </summary>
    [Fact]
    public void With_MongoDB_SQL_is_dumped_between_the_notifications_and_the_messages()
    {
        const string Section = "## MariaDB or MySQL with MongoDB and Kafka";
        var dumps = DocumentedCommands.Under(Page, Section)[0].Split('\n').Where(line => line.Contains("dump ", StringComparison.Ordinal))
            .Select(line => Regex.Match(line, "--collection (\\w+)|--databases ([a-z_ ]+) >")).ToList();

        dumps.ConvertAll(dump => dump.Groups[1].Value + dump.Groups[2].Value).ShouldBe(
            ["notifications", "bigtech_notifications bigtech_chat bigtech_users bigtech_friends", "messages"]);
        // One order in one place.
        var other = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations", "mongodb.md"));
        other.ShouldContain("backup.md#mariadb-or-mysql-with-mongodb-and-kafka");
        other.ShouldNotContain("mongodump");
    }

    /// <summary>These commands need a container engine or a cluster; what they name is compared with what is deployed.</summary>
    [Fact]
    public void Backups_of_shipped_engines_name_containers_volumes_and_passwords_that_exist()
    {
        var compose = ComposeFile.Read("compose.msa.yaml");
        var commands = string.Join('\n', DocumentedCommands.Under(Page, "## With Compose"));
        var services = Matches(commands, @"\b(bigtech-(?:gateway|\w+-service(?:-\d)?|mysql|mongodb|kafka-\d))\b").Distinct().ToList();
        services.Count.ShouldBe(9);
        services.Except(compose.Services.Select(service => service.Name)).ShouldBeEmpty();
        foreach (var role in compose.Services.Where(service => service.IsOurs)) services.ShouldContain(role.Name);
        foreach (var (engine, password) in new[] { ("mysql", "MYSQL_ROOT_PASSWORD"), ("mongodb", "MONGO_INITDB_ROOT_PASSWORD") })
        {
            commands.ShouldContain(password);
            compose.Services.Single(service => service.Name == $"bigtech-{engine}").Environment.Keys.ShouldContain(password);
        }
        File.ReadAllText(Path.Combine(Repository.Root, ComposeFile.Folder, "compose.msa.yaml")).ShouldContain("name: bigtech-user-keys");
    }

    [Fact]
    public async Task Backups_on_Kubernetes_name_pods_claims_and_passwords_that_exist()
    {
        var small = await Rendered.Overlay("small");
        var commands = string.Join('\n', DocumentedCommands.Under(Page, "## On Kubernetes"));
        foreach (var (engine, password) in (ReadOnlySpan<(string, string?)>)
            [("mysql", "MYSQL_ROOT_PASSWORD"), ("mongodb", "MONGODB_ROOT_PASSWORD"), ("kafka", null)])
        {
            commands.ShouldContain($"{engine}-0 -c {engine} --");
            var container = small.Workloads.Single(workload => workload.Name == engine).Main;
            container.Name.ShouldBe(engine);
            if (password is null) continue;
            commands.ShouldContain($"${password}");
            container.Env.Select(variable => variable.Name).ShouldContain(password);
        }
        var roles = small.Workloads.Where(workload => workload.IsProduct).Select(workload => workload.Name).Order();
        foreach (var scaled in Matches(commands, "scale deployment (.+) --replicas")) scaled.Split(' ').Order().ShouldBe(roles);
        var user = small.Workloads.Single(workload => workload.Name == "user-service").Pod;
        var pod = DocumentedCommands.Under(Page, "## On Kubernetes", "yaml").ShouldHaveSingleItem();
        pod.ShouldContain($"claimName: {user.Volumes.Single(volume => volume.Name == "keys").PersistentVolumeClaim.ClaimName}");
        pod.ShouldContain($"runAsUser: {user.SecurityContext.RunAsUser}");
        (await NpmCheckers.Problems(pod)).ShouldBeEmpty();
    }

    private static IEnumerable<string> Matches(string text, string pattern) =>
        Regex.Matches(text, pattern).Select(match => match.Groups[1].Value);

    /// <summary>Two users who write to each other, and what they may expect after a restore.</summary>
    private sealed class Conversation(User ann, User bob, long room, List<Message> acknowledged, string lastEventId)
    {
        private const int Messages = 30;
        private string _lastEventId = lastEventId;

        public static async Task<Conversation> Of(ServerProcess server)
        {
            var (ann, bob, room) = await server.TwoInARoom();
            var acknowledged = new List<Message>();
            for (var i = 0; i < Messages; i++) acknowledged.Add(await ann.Send(room, $"before {i}"));
            return new Conversation(ann, bob, room, acknowledged, (await ann.History(room)).LastEventId);
        }

        /// <summary>Messages are sent until the backup is made, and some more.</summary>
        public async Task GoesOnDuring(Func<Task> backup)
        {
            var made = backup();
            for (var i = 0; i < Messages || !made.IsCompleted; i++) await ann.Send(room, $"during {i}");
            await made;
            for (var i = 0; i < Messages; i++) await ann.Send(room, $"after {i}");
            _lastEventId = (await ann.History(room)).LastEventId;
        }

        public async Task ShouldBeBackOn(ServerProcess server)
        {
            // The keys are back, and the sessions.
            var history = await ann.WholeHistory(room);
            (await server.Anonymous.Post("/auth/refresh", new { refresh_token = bob.Tokens.RefreshToken })).ShouldBe(200);

            history.Take(Messages).ShouldBe(acknowledged, new SameMessage());
            history.Select(message => message.Seq).ShouldBe(Enumerable.Range(1, history.Count).Select(i => (long)i));
            history.Count.ShouldBeLessThan(Messages * 3);
            (await bob.UnreadIn(room)).ShouldBe(history.Count);
            // Notifications has read the events that it had not when it was backed up, each once.
            await Eventually.Holds(
                async () => await NotifiedMessages(bob) == history.Count, $"a notification of {history.Count} messages", Patience.Long);
            // A client that is ahead of the backup starts over and misses nothing from then on.
            await using var stream = await ann.Stream(room, _lastEventId);
            (await stream.First()).Type.ShouldBe("reset");
            var next = await bob.Send(room, "after the restore");
            next.Seq.ShouldBe(history.Count + 1);
            await stream.WaitFor(e => e.IsMessage && e.Message.Id == next.Id, "the first message after the restore");
        }

        private static async Task<long> NotifiedMessages(User user) =>
            (await user.Api.Get("/notifications")).ShouldBe(200).Json.GetProperty("notifications").EnumerateArray()
                .Where(one => one.GetProperty("kind").GetString() == "message").Sum(one => one.GetProperty("count").GetInt64());
    }

    /// <summary>By what stays when others read it.</summary>
    private sealed class SameMessage : IEqualityComparer<Message>
    {
        public bool Equals(Message? a, Message? b) => (a?.Id, a?.Seq, a?.Content) == (b?.Id, b?.Seq, b?.Content);

        public int GetHashCode(Message message) => message.Id.GetHashCode(StringComparison.Ordinal);
    }
}
