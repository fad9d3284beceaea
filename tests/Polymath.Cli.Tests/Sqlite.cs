using Microsoft.Data.Sqlite;

namespace Polymath.Tests;

/// <summary>A small SQLite database.</summary>
internal static class Sqlite
{
    public static string Create(TemporaryFolder folder)
    {
        string path = folder["shop.db"];
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "create table people (a real, yes integer); insert into people values (1.5, 1), (2.5, 0)";
        command.ExecuteNonQuery();
        return path;
    }
}
