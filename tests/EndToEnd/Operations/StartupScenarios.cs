using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;

namespace BigTech.Tests.EndToEnd.Operations;

public sealed class StartupScenarios
{
    [Fact]
    public async Task Help_names_every_option()
    {
        var finished = await ServerProcess.RunToEnd(["--help"]);

        finished.ExitCode.ShouldBe(0);
        foreach (var option in new[] { "--target", "--data-dir", "--urls", "--help", "--version" })
            finished.Stdout.ShouldContain(option);
        finished.Stderr.ShouldBeEmpty();
    }

    [Fact]
    public async Task Help_says_of_dead_letters_where_they_are()
    {
        var finished = await ServerProcess.RunToEnd(["--help"]);

        var line = finished.Stdout.Split('\n').Single(line => line.TrimStart().StartsWith("dlq", StringComparison.Ordinal));
        line.ShouldContain("data folder whose server is stopped");
        line.ShouldContain("Kafka");
    }

    [Theory]
    [InlineData("list", "")]
    [InlineData("replay", "0 handled\t0 remain")]
    public async Task Commands_for_dead_letters_print_these_alone_and_make_no_signing_key(string command, string line)
    {
        using var folder = new TemporaryFolder();

        var finished = await ServerProcess.RunToEnd(["dlq", command, "--data-dir", folder.Path]);

        finished.ExitCode.ShouldBe(0);
        finished.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ShouldAllBe(printed => line.Length > 0 && printed.EndsWith(line));
        Directory.Exists(folder["keys"]).ShouldBeFalse();
    }

    [Fact]
    public async Task Version_is_one_line_and_names_the_commit()
    {
        var finished = await ServerProcess.RunToEnd(["--version"]);

        finished.ExitCode.ShouldBe(0);
        finished.Stdout.Trim().ShouldMatch(@"^\d+\.\d+\.\d+\+[0-9a-f]{40}$");
    }

    [Theory]
    [InlineData("--nonsense", "--nonsense")]
    [InlineData("--nonsense", "--nonsense=1")]
    [InlineData("nonsense", "nonsense")]
    [InlineData("target", "--target", "nonsense")]
    [InlineData("target", "--target")]
    [InlineData("data-dir", "--data-dir")]
    [InlineData("data-dir", "--data-dir", "")]
    [InlineData("urls", "--urls", "not a url")]
    [InlineData("urls", "--urls", "gateway=127.0.0.1")]
    [InlineData("urls", "--urls", "gateway=http://127.0.0.1:99999")]
    [InlineData("urls", "--urls", "unknown=http://127.0.0.1:0")]
    [InlineData("urls", "--urls", "")]
    public async Task A_wrong_option_or_value_is_one_line_that_names_it_and_exit_code_2(string named, params string[] arguments)
    {
        using var folder = new TemporaryFolder();

        var finished = await ServerProcess.RunToEnd(arguments, folder.Path);

        ShouldBeOneLine(finished, 2);
        finished.Stderr.ShouldContain(named);
        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty("nothing was begun");
    }

    [Theory]
    [InlineData("Users__PasswordIterations", "many")]
    [InlineData("Streams__HeartbeatSeconds", "-1")]
    [InlineData("Streams__MaxPerUser", "0")]
    [InlineData("Chat__WriterQueue", "0")]
    [InlineData("Chat__MessageStore", "files")]
    [InlineData("Notifications__Store", "files")]
    [InlineData("Mail__SmtpSecurity", "ssl")]
    [InlineData("Mail__PublicUrl", "chat.example.org")]
    public async Task A_wrong_setting_is_one_line_that_names_it(string name, string value)
    {
        using var folder = new TemporaryFolder();

        var finished = await ServerProcess.RunToEnd(Ordinary(folder.Path), folder.Path, (name, value));

        ShouldBeOneLine(finished, 2);
        finished.Stderr.ShouldContain(name.Split("__")[1]);
    }

    [Theory]
    [InlineData("Chat__MessageStore")]
    [InlineData("Notifications__Store")]
    public async Task Documents_without_an_address_of_MongoDB_are_one_line_that_asks_for_it(string name)
    {
        using var folder = new TemporaryFolder();

        var finished = await ServerProcess.RunToEnd(Ordinary(folder.Path), folder.Path, (name, "mongo"));

        ShouldBeOneLine(finished, 2);
        finished.Stderr.ShouldContain("Mongo:Uri is needed");
    }

    [Fact]
    public async Task A_port_in_use_is_one_line_that_names_it_and_exit_code_1()
    {
        using var folder = new TemporaryFolder();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var urls = ServerProcess.FreePorts().Replace("chat=http://127.0.0.1:0", $"chat=http://127.0.0.1:{port}");

        var finished = await ServerProcess.RunToEnd(["--data-dir", folder.Path, "--urls", urls]);

        ShouldBeOneLine(finished, 1);
        finished.Stderr.ShouldContain($"{port}");
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_written_is_one_line_that_names_it_and_exit_code_1()
    {
        // A file in place of the folder, because root can write to every folder.
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["data"], "in the way", TestContext.Current.CancellationToken);

        foreach (var path in new[] { folder["data"], Path.Combine(folder["data"], "below") })
        {
            var finished = await ServerProcess.RunToEnd(Ordinary(path));

            ShouldBeOneLine(finished, 1);
            finished.Stderr.ShouldContain(folder["data"]);
        }
        (await File.ReadAllTextAsync(folder["data"], TestContext.Current.CancellationToken)).ShouldBe("in the way");
    }

    [Fact]
    public async Task A_damaged_database_is_one_line_that_names_it_and_exit_code_1()
    {
        await using var server = await StoppedServer();

        foreach (var database in Databases(server))
        {
            var whole = await File.ReadAllBytesAsync(database, TestContext.Current.CancellationToken);
            var garbage = new byte[whole.Length];
            new Random(7).NextBytes(garbage);
            await File.WriteAllBytesAsync(database, garbage, TestContext.Current.CancellationToken);

            var finished = await ServerProcess.RunToEnd(Ordinary(server.Data.Path));

            ShouldBeOneLine(finished, 1);
            finished.Stderr.ShouldContain(database);
            (await File.ReadAllBytesAsync(database, TestContext.Current.CancellationToken)).ShouldBe(garbage, "evidence is left as it is");
            await File.WriteAllBytesAsync(database, whole, TestContext.Current.CancellationToken);
        }
        await server.Restart();
    }

    [Fact]
    public async Task A_database_damaged_inside_is_one_line_that_names_it_and_exit_code_1()
    {
        await using var server = await StoppedServer();

        foreach (var database in Databases(server))
        {
            var whole = await File.ReadAllBytesAsync(database, TestContext.Current.CancellationToken);
            var damaged = whole.ToArray();
            new Random(7).NextBytes(damaged.AsSpan(4096, damaged.Length - 4096));
            await File.WriteAllBytesAsync(database, damaged, TestContext.Current.CancellationToken);

            var finished = await ServerProcess.RunToEnd(Ordinary(server.Data.Path));

            ShouldBeOneLine(finished, 1);
            finished.Stderr.ShouldContain(database);
            await File.WriteAllBytesAsync(database, whole, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_newer_database_is_one_line_that_names_it_and_exit_code_1()
    {
        await using var server = await StoppedServer();

        foreach (var database in Databases(server))
        {
            Run(database, "INSERT INTO schema_migrations (series, number, name, applied_at) VALUES ('context', 9999, '9999_new', 0)")
                .ShouldBe(1);

            var finished = await ServerProcess.RunToEnd(Ordinary(server.Data.Path));

            ShouldBeOneLine(finished, 1);
            finished.Stderr.ShouldContain(database);
            finished.Stderr.ShouldContain("newer");
            Run(database, "DELETE FROM schema_migrations WHERE number = 9999").ShouldBe(1);
        }
        await server.Restart();
    }

    [Fact]
    public async Task Without_ICU_the_start_ends_with_one_line_and_exit_code_1()
    {
        using var folder = new TemporaryFolder();

        var finished = await ServerProcess.RunToEnd(Ordinary(folder.Path), null, ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1"));

        ShouldBeOneLine(finished, 1);
        finished.Stderr.ShouldContain("ICU");
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_data_folder_is_readable_by_its_owner_only_and_an_open_one_is_closed_with_a_warning()
    {
        await using var server = await StoppedServer();
        server.Output.ShouldNotContain("Other accounts");
        ModesIn(server.Data.Path).ShouldAllBe(mode => IsOwners(mode));
        foreach (var database in Databases(server))
            File.SetUnixFileMode(database, File.GetUnixFileMode(database) | UnixFileMode.OtherRead);
        File.SetUnixFileMode(server.Data.Path, File.GetUnixFileMode(server.Data.Path) | UnixFileMode.OtherExecute | UnixFileMode.GroupRead);

        await server.Restart();
        await server.TwoInARoom();

        ModesIn(server.Data.Path).ShouldAllBe(mode => IsOwners(mode));
        await server.LogsOnce("Other accounts could read files");
    }

    [Theory]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupRead)]
    [UnsupportedOSPlatform("windows")]
    public async Task A_signing_key_that_others_can_read_is_one_line_that_names_it_and_exit_code_1(UnixFileMode more)
    {
        await using var server = await StoppedServer();
        var key = Directory.GetFiles(server.Data["keys"]).Single(file => file.EndsWith(".pem", StringComparison.Ordinal));
        File.SetUnixFileMode(key, File.GetUnixFileMode(key) | more);

        var finished = await ServerProcess.RunToEnd(Ordinary(server.Data.Path));

        ShouldBeOneLine(finished, 1);
        finished.Stderr.ShouldContain(key);
        finished.Stderr.ShouldContain("chmod 600");
    }

    [Theory]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.GroupWrite)]
    [UnsupportedOSPlatform("windows")]
    public async Task A_key_folder_that_others_can_write_is_one_line_that_names_it_and_exit_code_1(UnixFileMode more)
    {
        await using var server = await StoppedServer();
        var folder = server.Data["keys"];
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | more);

        using var target = new TemporaryFolder();
        string[] migrate = ["migrate", "--from", server.Data.Path, "--data-dir", target.Path];
        foreach (var arguments in new[] { Ordinary(server.Data.Path), migrate })
        {
            var finished = await ServerProcess.RunToEnd(arguments, null, ("Sql__Engine", arguments == migrate ? "mysql" : "sqlite"));

            ShouldBeOneLine(finished, 1);
            finished.Stderr.ShouldContain(folder);
            finished.Stderr.ShouldContain("chmod 700");
        }
        Directory.EnumerateFiles(target.Path, "*.pem", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Files_and_folders_of_others_in_the_data_folder_stay_as_they_are()
    {
        await using var server = await StoppedServer();
        var open = (UnixFileMode)0b111_101_101;
        var (text, folder) = (server.Data["readme.txt"], server.Data["site"]);
        await File.WriteAllTextAsync(text, "Read me.", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(folder);
        foreach (var path in new[] { text, folder, server.Data.Path }.Concat(Databases(server))) File.SetUnixFileMode(path, open);

        await server.Restart();

        foreach (var path in new[] { text, folder, server.Data.Path }) File.GetUnixFileMode(path).ShouldBe(open, path);
        Databases(server).Select(File.GetUnixFileMode).ShouldAllBe(mode => (mode & ~open) == 0 && IsOwners(mode));
        await server.LogsOnce("Other accounts could read files");
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_folder_that_all_accounts_share_is_refused_and_left_as_it_is()
    {
        using var folder = new TemporaryFolder();
        var shared = UnixFileMode.StickyBit | (UnixFileMode)0b111_111_111;
        File.SetUnixFileMode(folder.Path, shared);

        foreach (var arguments in new[] { Ordinary(folder.Path), ["dlq", "list", "--data-dir", folder.Path] })
        {
            var finished = await ServerProcess.RunToEnd(arguments);

            ShouldBeOneLine(finished, 1);
            finished.Stderr.ShouldContain(folder.Path);
        }
        File.GetUnixFileMode(folder.Path).ShouldBe(shared);
        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_is_refused_and_the_first_goes_on()
    {
        await using var server = await ServerProcess.Start();
        var (ann, bob, room) = await server.TwoInARoom();

        var second = await ServerProcess.RunToEnd(Ordinary(server.Data.Path));

        ShouldBeOneLine(second, 1);
        second.Stderr.ShouldContain(server.Data.Path);
        await ann.Send(room, "still here");
        (await bob.UnreadIn(room)).ShouldBe(1);
    }

    private static bool IsOwners(UnixFileMode mode) =>
        (mode & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)) == 0;

    [UnsupportedOSPlatform("windows")]
    private static IEnumerable<UnixFileMode> ModesIn(string folder) =>
    [
        File.GetUnixFileMode(folder),
        .. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Select(File.GetUnixFileMode),
    ];

    private static string[] Ordinary(string data) => ["--data-dir", data, "--urls", ServerProcess.FreePorts()];

    private static async Task<ServerProcess> StoppedServer()
    {
        var server = await ServerProcess.Start();
        var (ann, _, room) = await server.TwoInARoom();
        await ann.Send(room, "something to keep");
        server.Terminate();
        (await server.Ended()).ShouldBe(0);
        // A write-ahead log with pending pages would repair a damaged file.
        foreach (var database in Databases(server))
            Run(database, "PRAGMA wal_checkpoint(TRUNCATE)");
        return server;
    }

    private static string[] Databases(ServerProcess server)
    {
        var files = Directory.GetFiles(server.Data.Path, "*.db");
        files.Length.ShouldBeGreaterThanOrEqualTo(2, "Users and Chat keep their own");
        return files;
    }

    private static int Run(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using var command = new SqliteCommand(sql, connection);
        return command.ExecuteNonQuery();
    }

    private static void ShouldBeOneLine(ServerProcess.Finished finished, int exitCode)
    {
        var everything = $"exit code {finished.ExitCode}\nstderr: {finished.Stderr}\nstdout: {finished.Stdout}";
        finished.ExitCode.ShouldBe(exitCode, everything);
        finished.Stderr.Trim().ShouldNotBeEmpty(everything);
        finished.Stderr.Trim().Split('\n').Length.ShouldBe(1, everything);
        foreach (var text in new[] { finished.Stdout, finished.Stderr })
        {
            text.ShouldNotContain("   at ", customMessage: everything);
            text.ShouldNotContain("Unhandled", customMessage: everything);
        }
    }
}
